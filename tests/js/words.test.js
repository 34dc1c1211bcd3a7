import assert from "node:assert/strict";
import { test } from "node:test";

import { messageFor } from "../../static/web/js/words.js";

const THROTTLED = { detail: "Request was throttled. Expected available in 51 seconds." };

test("tells a throttled person how long to wait", () => {
  assert.equal(messageFor(429, THROTTLED), "Too many attempts. Please try again in 51 seconds.");
});

test("believes the header before the sentence", () => {
  assert.equal(messageFor(429, THROTTLED, "7"), "Too many attempts. Please try again in 7 seconds.");
});

test("never promises less than the wait, in the unit that suits", () => {
  const waits = ["1", "90", "91", "3600", "5401", "86400"].map((seconds) => messageFor(429, {}, seconds));
  const words = ["1 second", "90 seconds", "2 minutes", "60 minutes", "2 hours", "24 hours"];
  assert.deepEqual(waits, words.map((wait) => `Too many attempts. Please try again in ${wait}.`));
});

test("names no time where none is known", () => {
  for (const header of [null, "0", "Fri, 27 Nov 2026 12:00:00 GMT"]) {
    assert.equal(messageFor(429, {}, header), "Too many attempts. Please try again in a moment.");
  }
});

test("passes on what the API says to people", () => {
  assert.equal(messageFor(401, { detail: "Wrong password." }), "Wrong password.");
  assert.equal(messageFor(400, { message: "Expired." }), "Expired.");
  assert.equal(messageFor(400, { non_field_errors: ["Wrong."] }), "Wrong.");
});

test("has a sentence for every status, also where the body is no help", () => {
  for (const status of [0, 400, 403, 404, 413, 500, 503]) {
    for (const body of [{}, null, { detail: { code: "x" } }, { detail: "" }]) {
      assert.match(messageFor(status, body), /^[A-Z].*[.?]$/);
    }
  }
  assert.match(messageFor(0), /reach the server/);
  assert.match(messageFor(503), /on our side/);
});
