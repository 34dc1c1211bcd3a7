/** What every script here has to keep to. The site's own also run in browsers from 2022. */

import js from "@eslint/js";
import esX from "eslint-plugin-es-x";
import globals from "globals";

/** Younger than Safari 16 and without a linter's rule of their own. */
const TOO_YOUNG = [
  ["URL", "canParse"],
  ["AbortSignal", "any"],
  ["Promise", "try"],
].map(([object, property]) => ({ object, property, message: "Safari 16 does not have it." }));

const RULES = {
  "array-callback-return": "error",
  "consistent-this": "error",
  curly: ["error", "multi-line"],
  "default-case-last": "error",
  eqeqeq: ["error", "smart"],
  "no-alert": "error",
  "no-console": "error",
  "no-else-return": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-lonely-if": "error",
  "no-new-wrappers": "error",
  "no-param-reassign": "error",
  "no-self-compare": "error",
  "no-shadow": "error",
  "no-throw-literal": "error",
  "no-unneeded-ternary": "error",
  "no-unreachable-loop": "error",
  "no-useless-return": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-object-has-own": "error",
  "prefer-promise-reject-errors": "error",
  "prefer-template": "error",
  "require-atomic-updates": "error",
  complexity: ["error", 8],
  "max-depth": ["error", 3],
  "max-lines": ["error", { max: 300 }],
  "max-lines-per-function": ["error", { max: 45, skipBlankLines: true, skipComments: true }],
  "max-params": ["error", 4],
};

export default [
  { ignores: ["static/vendor/", "static/web/words/", "node_modules/", "var/", ".venv/", "media/", "docs/", "tests/ts/", "**/*.min.js"] },
  js.configs.recommended,
  { languageOptions: { ecmaVersion: 2022, sourceType: "module" }, rules: RULES },
  {
    ...esX.configs["flat/restrict-to-es2022"],
    files: ["static/**/*.js", "video_app/**/*.js"],
    settings: { "es-x": { aggressive: false } },
  },
  {
    files: ["static/**/*.js", "video_app/**/*.js", "tests/browser/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      "no-restricted-properties": ["error", ...TOO_YOUNG],
      // An inserted string can run script; the site only ever sets text.
      "no-restricted-syntax": ["error", { selector: "MemberExpression[property.name=/^(inner|outer)HTML$/]", message: "Set text, not markup." }],
    },
  },
  {
    files: ["tests/browser/*.js"],
    languageOptions: { sourceType: "script", globals: { Hls: "readonly", shaka: "readonly", videojs: "readonly", video: "readonly" } },
  },
  {
    files: ["tests/js/**/*.js", "scripts/*.js", "eslint.config.js"],
    languageOptions: { globals: globals.node },
    rules: { "max-lines-per-function": "off" },
  },
];
