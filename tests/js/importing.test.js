import assert from "node:assert/strict";
import { test } from "node:test";

import { importAll, told } from "../../video_app/static/video_app/importing.js";

/** What the page would say while the server answers so. */
async function says(...answers) {
  const said = [];
  await importAll(async () => answers.shift(), (words, isWrong) => said.push(isWrong ? `! ${words}` : words));
  return said;
}

const found = (added, before = 0, more = false) => ({ status: 200, json: { added, before, more } });

test("imports step by step and counts what is new", async () => {
  assert.deepEqual(await says(found(25, 2, true), found(3, 27)), [
    "25 films will be fetched so far …",
    "28 films will be fetched. 2 films had been imported before.",
  ]);
});

test("stops at an error and says it", async () => {
  assert.deepEqual(await says({ status: 400, json: { error: "There is no such folder." } }), ["! There is no such folder."]);
  assert.deepEqual(await says(found(25, 0, true), { status: 0, json: {} }), ["25 films will be fetched so far …", "! The server cannot be reached."]);
});

test("says when nothing is new", () => {
  assert.equal(told({ added: 0, before: 1 }), "1 film had been imported before.");
  assert.equal(told({ added: 1, before: 0 }), "1 film will be fetched.");
});
