/** What a growing film's player may load. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { enoughToPlay, readyLevel } from "../../static/web/js/player/growing.js";
import { outlook } from "../../static/web/js/player/outlook.js";

const LEVELS = ["360p", "480p", "720p", "1080p"].map((name) => ({ url: [`/api/video/7/${name}/index.m3u8?b=1`] }));
const ready = (low, high) => ({ "360p": low, "480p": low, "720p": high, "1080p": high });

test("nothing is loaded of what has just begun", () => {
  assert.equal(readyLevel(LEVELS, ready(12, 0), 0, 1), 1);
  assert.equal(readyLevel(LEVELS, ready(12, 2), 0, 1), 1);
});

test("the best is loaded where it is well ahead", () => {
  assert.equal(readyLevel(LEVELS, ready(60, 30), 10, 1), 3);
});

test("a level is left before its end", () => {
  assert.equal(readyLevel(LEVELS, ready(60, 30), 22, 3), 3);
  assert.equal(readyLevel(LEVELS, ready(60, 30), 24, 3), 1);
});

test("a level is not begun shortly before its end", () => {
  assert.equal(readyLevel(LEVELS, ready(60, 30), 20, 1), 1);
});

test("the best is loaded where all is there as far as anything", () => {
  assert.equal(readyLevel(LEVELS, ready(30, 30), 30, 1), 3);
  assert.equal(readyLevel(LEVELS, { "360p": 30 }, 30, 1), 3);
});

test("the page says what is there, and when it will be better", () => {
  const state = { ready: ready(24, 6), seconds_left: 100 };
  assert.equal(outlook(state, 24), "Ready up to 0:24 in 480p – better in about 2 minutes");
  assert.equal(outlook({ ...state, seconds_left: null }, 24), "Ready up to 0:24 in 480p – better soon");
});

test("the page says that the rest is coming where all is there equally far", () => {
  for (const state of [{ ready: ready(24, 24) }, { ready: {} }, {}]) {
    assert.equal(outlook(state, 24), "Ready up to 0:24 – the rest is being prepared");
  }
});

/** A <video> of which so many seconds are loaded; `load(seconds)` says that there are more. */
function loading() {
  const video = Object.assign(new EventTarget(), { currentTime: 0, until: 0 });
  video.buffered = { get length() { return video.until ? 1 : 0; }, start: () => 0, end: () => video.until };
  video.load = (seconds) => {
    video.until = seconds;
    video.dispatchEvent(new Event("progress"));
  };
  return video;
}

async function isBegun(seconds, act) {
  const video = loading();
  let begun = false;
  enoughToPlay(video, seconds, new AbortController().signal).then(() => (begun = true));
  act(video);
  await null;
  await null;
  return begun;
}

test("a growing film does not begin with its first segment alone", async () => {
  assert.equal(await isBegun(120, (video) => video.load(2)), false);
  assert.equal(await isBegun(120, (video) => video.load(6)), true);
});

test("a film that has no more than that begins with it, and so does one whose viewer is impatient", async () => {
  assert.equal(await isBegun(2, (video) => video.load(2)), true);
  assert.equal(await isBegun(120, (video) => video.dispatchEvent(new Event("play"))), true);
});
