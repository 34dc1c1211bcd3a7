/** What the player does about errors, and the words for it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { causeOf, decide } from "../../static/web/js/player/recovery.js";
import { DELAY, TROUBLE } from "../../static/web/js/player/trouble.js";

const network = (details, status = 0, fatal = true) => ({ fatal, type: "networkError", details, status });
const SPENT = 4;

test("what hls.js repairs by itself is left to it", () => {
  assert.deepEqual(decide(network("fragLoadError", 503, false), 0), { action: "wait" });
  assert.deepEqual(decide({ fatal: false, type: "mediaError", details: "bufferStalledError", status: 0 }, 9), { action: "wait" });
});

test("a 401 renews the session, fatal or not, and ends it when that never helps", () => {
  for (const fatal of [true, false]) assert.deepEqual(decide(network("fragLoadError", 401, fatal), 0), { action: "renew" });
  assert.deepEqual(decide(network("fragLoadError", 401), SPENT), { action: "stop", trouble: "session" });
});

test("segments are asked for again for ever, with growing pauses", () => {
  const pauses = [0, 1, 5, 7, 100].map((recoveries) => decide(network("fragLoadError"), recoveries).pause);
  assert.deepEqual(pauses, [1000, 2000, 6000, 8000, 8000]);
  for (const status of [0, 404, 500, 503]) assert.equal(decide(network("fragLoadError", status), 99).action, "retry");
  assert.equal(decide(network("fragLoadTimeOut"), 99).action, "retry");
  assert.equal(decide(network("keyLoadError"), 99).action, "retry");
});

test("a film that is gone is gone", () => {
  for (const details of ["manifestLoadError", "levelLoadError", "audioTrackLoadError"]) {
    assert.deepEqual(decide(network(details, 404), 0), { action: "stop", trouble: "missing" });
  }
});

test("playlists are tried four times more", () => {
  for (const recoveries of [0, 3]) assert.equal(decide(network("manifestLoadError", 503), recoveries).action, "retry");
  assert.deepEqual(decide(network("manifestLoadError", 503), SPENT), { action: "stop", trouble: "server" });
  assert.deepEqual(decide(network("levelLoadTimeOut"), SPENT), { action: "stop", trouble: "network" });
});

test("a decoder's error is recovered from, then said", () => {
  const error = { fatal: true, type: "mediaError", details: "bufferAppendError", status: 0 };
  assert.deepEqual(decide(error, 0), { action: "recover" });
  assert.deepEqual(decide(error, SPENT), { action: "stop", trouble: "format" });
  assert.deepEqual(decide({ ...error, type: "otherError" }, 0), { action: "stop", trouble: "format" });
});

test("a delay has one cause", () => {
  assert.equal(causeOf(network("fragLoadError", 404), false), "offline");
  assert.equal(causeOf(null, true), "slow");
  assert.equal(causeOf(network("fragLoadTimeOut"), true), "slow");
  assert.equal(causeOf(network("fragLoadError", 404), true), "missing");
  assert.equal(causeOf(network("fragLoadError", 503), true), "server");
  assert.equal(causeOf(network("fragLoadError", 0), true), "network");
});

test("every cause and every end has its words", () => {
  for (const cause of ["offline", "slow", "missing", "server", "network"]) assert.match(DELAY[cause], /^[A-Z].*\.$/);
  for (const trouble of ["missing", "network", "server", "format"]) assert.equal(TROUBLE[trouble].length, 2);
});
