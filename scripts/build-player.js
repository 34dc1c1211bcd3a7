/** Make the player's page's one script of its modules; `npm run build`, after every change of them. */

import { pathToFileURL } from "node:url";

import { build } from "esbuild";

/** Write it, or with `{ write: false }` only return its text. */
export async function buildPlayer({ write = true } = {}) {
  const { outputFiles } = await build({
    entryPoints: ["static/web/js/watch.js"],
    outfile: "static/web/dist/watch.min.js",
    bundle: true,
    charset: "utf8",
    format: "esm",
    minify: true,
    target: "es2022",
    write,
  });
  return outputFiles?.[0].text;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await buildPlayer();
