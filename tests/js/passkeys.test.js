/** What the API says in base64url, browsers want in bytes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { bytes, text } from "../../static/web/js/passkeys.js";

for (const [spelled, values] of [["", []], ["AA", [0]], ["-_8", [251, 255]], ["YWJj", [97, 98, 99]]]) {
  test(`"${spelled}" is ${values.length} bytes, and back`, () => {
    assert.deepEqual([...bytes(spelled)], values);
    assert.equal(text(Uint8Array.from(values)), spelled);
  });
}
