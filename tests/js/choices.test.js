/** The menus of the player: quality, languages, subtitles, speed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  AUTOMATIC, levelName, levelRate, qualityChoices, speedLabel, stepSpeed, trackChoices, trackKey, trackLabel, wantedLevel,
  wantedSpeed, wantedTrack,
} from "../../static/web/js/player/choices.js";

const level = (name, fields = {}) => ({ url: [`/api/video/1/${name}/index.m3u8`], bitrate: 2_000_000, width: 0, height: 0, ...fields });
const LEVELS = [level("360p", { averageBitrate: 640_000 }), level("720p"), level("1080p", { bitrate: 4_990_000 })];
const TRACKS = [{ lang: "en", name: "English" }, { lang: "de", name: "German" }, { lang: "de", name: "Commentary" }];

test("a level is named by its address, else by its shorter side", () => {
  assert.equal(levelName(level("720p", { width: 1280, height: 536 })), "720p");
  assert.equal(levelName({ url: ["https://x.example/a.m3u8"], width: 1920, height: 1080 }), "1080p");
  assert.equal(levelName({ url: ["/a.m3u8"], width: 608, height: 1080 }), "608p");
  assert.equal(levelName({ url: "/video/1/480p/index.m3u8" }), "480p", "hls.js 1.4 has a text there");
  assert.equal(levelName({ url: undefined, width: 640, height: 360 }), "360p");
});

test("rates are the average where it is known", () => {
  assert.deepEqual(LEVELS.map(levelRate), ["0.6 Mbit/s", "2.0 Mbit/s", "5.0 Mbit/s"]);
});

test("the quality menu begins with automatic, then the best", () => {
  const choices = qualityChoices(LEVELS);
  assert.deepEqual(choices.map(({ label }) => label), ["Automatic", "1080p", "720p", "360p"]);
  assert.deepEqual(choices.map(({ value }) => value), [AUTOMATIC, 2, 1, 0]);
  assert.equal(qualityChoices([]).length, 1);
});

test("a remembered quality is found by name, also in another film", () => {
  assert.equal(wantedLevel(LEVELS, "720p"), 1);
  for (const none of ["480p", "", null]) assert.equal(wantedLevel(LEVELS, none), AUTOMATIC);
});

test("tracks have a label whatever they lack", () => {
  assert.deepEqual(TRACKS.map(trackLabel), ["English", "German", "Commentary"]);
  assert.equal(trackLabel({ lang: "fr" }), "fr");
  assert.equal(trackLabel({}), "Unknown");
  assert.deepEqual(trackChoices(TRACKS)[1], { value: 1, label: "German" });
});

test("a remembered track is found again, the very one before its language", () => {
  for (const [index, track] of TRACKS.entries()) assert.equal(wantedTrack(TRACKS, trackKey(track)), index);
  assert.equal(wantedTrack(TRACKS, trackKey({ lang: "de", name: "Deutsch" })), 1);
  assert.equal(wantedTrack(TRACKS, { language: "de", name: "" }), 1);
  assert.equal(wantedTrack([{ name: "Only a name" }], trackKey({ name: "Only a name" })), 0);
});

test("no track is forced where none is like it, or nothing is remembered", () => {
  for (const key of [trackKey({ lang: "fr", name: "French" }), {}, { language: "", name: "" }, { language: null, name: null }]) {
    assert.equal(wantedTrack(TRACKS, key), -1);
  }
});

test("no more is kept of a track than the API takes, and it is found again", () => {
  const long = { lang: "x".repeat(50), name: "😀".repeat(150) };

  assert.deepEqual(trackKey(long), { language: "x".repeat(35), name: "😀".repeat(100) });
  assert.deepEqual(trackKey({}), { language: "", name: "" });
  assert.equal(wantedTrack([...TRACKS, long], trackKey(long)), 3);
});

test("speeds step within the menu", () => {
  assert.equal(stepSpeed(1, 1), 1.25);
  assert.equal(stepSpeed(1, -1), 0.75);
  assert.equal(stepSpeed(2, 1), 2);
  assert.equal(stepSpeed(0.5, -1), 0.5);
});

test("a remembered speed holds while the menu has it", () => {
  assert.deepEqual(["1.5", "0.5", null, "", "16", "fast"].map(wantedSpeed), [1.5, 0.5, 1, 1, 1, 1]);
  assert.deepEqual([0.5, 1, 2].map(speedLabel), ["0.5×", "Normal", "2×"]);
});
