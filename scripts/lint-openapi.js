/** Redocly's recommended rules over docs/openapi.yml: `npm run api`. */

import { createConfig, lint } from "@redocly/openapi-core";

const rules = {
  // The clients that there are ask with it; without it works as well.
  "no-path-trailing-slash": "off",
  // `audio-0` is a track and no resolution: the paths' converters tell them apart.
  "no-ambiguous-paths": "off",
};
const config = await createConfig({ extends: ["recommended"], rules });
const problems = await lint({ ref: "docs/openapi.yml", config });
for (const { severity, ruleId, message, location } of problems) {
  process.stderr.write(`${severity} ${ruleId}: ${message} (${location[0].pointer})\n`);
}
process.exitCode = problems.length ? 1 : 0;
