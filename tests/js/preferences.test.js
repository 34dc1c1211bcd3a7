/** What a profile chose: sent a moment later, and kept in the browser as long as it could not be. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { ApiError } from "../../static/web/js/api.js";
import { Preferences } from "../../static/web/js/player/preferences.js";

const KEPT = { owner: "1-0", audio_language: "", subtitle_size: "" };
const AWAY = new ApiError(0);
let kept; // the browser's
let server; // the profile's
let calls;
let trouble;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  kept = new Map();
  globalThis.localStorage = { setItem: (key, value) => kept.set(key, value), getItem: (key) => kept.get(key) ?? null, removeItem: (key) => kept.delete(key) };
  server = { ...KEPT };
  calls = [];
  trouble = null;
});

afterEach(() => {
  mock.timers.reset();
  delete globalThis.localStorage;
});

async function save(changes) {
  calls.push(changes);
  if (trouble) throw trouble;
  Object.assign(server, changes);
  return { ...server };
}

const opened = () => new Preferences({ ...server }, save);

async function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

test("begins with what the server knows, and sends nothing", async () => {
  server.audio_language = "de";

  const preferences = opened();
  await pass(60_000);

  assert.deepEqual(preferences.now, server);
  assert.deepEqual(calls, []);
});

test("holds at once, and changes of a moment are one call", async () => {
  const preferences = opened();

  preferences.change({ subtitle_size: "small" });
  preferences.change({ subtitle_size: "large" });
  preferences.change({ audio_language: "de" });
  assert.equal(preferences.now.subtitle_size, "large");
  await pass(1000);

  assert.deepEqual(calls, [{ subtitle_size: "large", audio_language: "de" }]);
  assert.deepEqual(preferences.now, server);
  assert.equal(kept.size, 0);
});

test("sends at once when the page goes away", () => {
  const preferences = opened();
  preferences.change({ audio_language: "de" });

  preferences.send();

  assert.deepEqual(calls, [{ audio_language: "de" }]);
});

test("tries again while the server is away", async () => {
  trouble = AWAY;
  const preferences = opened();
  preferences.change({ audio_language: "de" });
  await pass(1000);
  assert.equal(calls.length, 1);
  trouble = null;

  await pass(10_000);

  assert.equal(server.audio_language, "de");
  assert.equal(kept.size, 0);
});

test("waits in the browser for the next film when the server stays away", async () => {
  trouble = AWAY;
  opened().change({ audio_language: "de" });
  await pass(1000);
  trouble = null;

  const next = opened();
  assert.equal(next.now.audio_language, "de");
  await pass(0);

  assert.equal(server.audio_language, "de");
});

test("waits for its own profile alone", async () => {
  trouble = AWAY;
  opened().change({ audio_language: "de" });
  await pass(1000);
  trouble = null;
  calls = [];

  const another = new Preferences({ ...KEPT, owner: "2-0" }, save);
  await pass(1000);

  assert.equal(another.now.audio_language, "");
  assert.deepEqual(calls, []);
});

test("gives way to what the server has learnt meanwhile", async () => {
  trouble = AWAY;
  opened().change({ audio_language: "de" });
  await pass(1000);
  trouble = null;
  calls = [];
  server.audio_language = "fr"; // by another device

  const next = opened();
  await pass(1000);

  assert.equal(next.now.audio_language, "fr");
  assert.deepEqual(calls, []);
  assert.equal(kept.size, 0);
});

test("does not insist on what the server refuses", async () => {
  trouble = new ApiError(400, { subtitle_size: ["No."] });
  const preferences = opened();

  preferences.change({ subtitle_size: "giant" });
  await pass(60_000);

  assert.equal(calls.length, 1);
  assert.equal(preferences.now.subtitle_size, "");
  assert.equal(kept.size, 0);
});

test("keeps a change that was made while another was on its way", async () => {
  let answer;
  const slow = (changes) => {
    calls.push(changes);
    Object.assign(server, changes);
    const all = { ...server };
    return new Promise((resolve) => (answer = () => resolve(all)));
  };
  const preferences = new Preferences({ ...KEPT }, slow);
  preferences.change({ subtitle_size: "small" });
  await pass(500);
  preferences.change({ subtitle_size: "huge" });
  await pass(5000);
  assert.equal(calls.length, 1, "one call after the other");

  answer();
  await pass(0);
  assert.equal(preferences.now.subtitle_size, "huge");
  await pass(1000);

  assert.deepEqual(calls, [{ subtitle_size: "small" }, { subtitle_size: "huge" }]);
});

test("begins without preferences, as of an older server, and where nothing can be kept", async () => {
  delete globalThis.localStorage;

  const preferences = new Preferences(undefined, save);
  preferences.change({ audio_language: "de" });
  await pass(1000);

  assert.equal(preferences.now.audio_language, "de");
});
