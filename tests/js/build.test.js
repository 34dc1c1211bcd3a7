/** The player's page is sent one file for its many modules. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { buildPlayer } from "../../scripts/build-player.js";

test("the player's script is made of the modules as they are (npm run build)", async () => {
  const made = await buildPlayer({ write: false });

  assert.equal(await readFile("static/web/dist/watch.min.js", "utf8"), made);
});
