/** Keys, taps, the storyboard, and what is worth saving. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { skipText } from "../../static/web/js/player/feedback.js";
import { isDouble, sideOf } from "../../static/web/js/player/gestures.js";
import { actionFor } from "../../static/web/js/player/keyboard.js";
import { parse, pictureAt } from "../../static/web/js/player/previews.js";
import { isNews } from "../../static/web/js/player/resume.js";
import { setVolume, volumeText } from "../../static/web/js/player/volume.js";

/** What a key asks for: `["skip", -5]`. */
function press(key) {
  const called = [];
  const names = ["toggle", "skip", "louder", "mute", "fullscreen", "captions", "jump", "faster", "help", "next", "playing", "pausing"];
  const actions = Object.fromEntries(names.map((name) => [name, (...values) => called.push(name, ...values)]));
  actionFor(key, actions)?.();
  return called;
}

for (const [key, asked] of [
  [" ", ["toggle"]], ["k", ["toggle"]], ["K", ["toggle"]], ["ArrowLeft", ["skip", -5]], ["ArrowRight", ["skip", 5]],
  ["j", ["skip", -10]], ["L", ["skip", 10]], ["ArrowUp", ["louder", 0.1]], ["ArrowDown", ["louder", -0.1]], ["m", ["mute"]],
  ["f", ["fullscreen"]], ["c", ["captions"]], ["0", ["jump", 0]], ["9", ["jump", 0.9]], [">", ["faster", 1]], ["<", ["faster", -1]],
  ["?", ["help"]], ["n", ["next"]], ["Enter", ["toggle"]], ["MediaPlayPause", ["toggle"]], ["MediaPlay", ["playing"]], ["MediaPause", ["pausing"]],
  ["MediaStop", ["pausing"]], ["MediaFastForward", ["skip", 10]], ["MediaRewind", ["skip", -10]], ["MediaTrackNext", ["next"]], ["x", []], ["Tab", []], ["Escape", []], ["F1", []], ["Dead", []],
]) {
  test(`key ${JSON.stringify(key)}: ${asked.join(" ") || "nothing"}`, () => assert.deepEqual(press(key), asked));
}

test("the page's table lists every letter and sign that does something, and no other", async () => {
  const table = await readFile(new URL("../../templates/web/_keys.html", import.meta.url), "utf8");
  const names = { "&lt;": "<", "&gt;": ">", "←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown" };
  const listed = [...table.matchAll(/<kbd>(.*?)<\/kbd>/g)].map(([, key]) => names[key] ?? (key.includes("Space") ? " " : key.toLowerCase()));
  const signs = Array.from({ length: 95 }, (_, code) => String.fromCharCode(32 + code)).filter((sign) => !/[A-Z1-8]/.test(sign));
  const working = [...signs, "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].filter((key) => press(key).length);

  assert.deepEqual(listed.sort(), working.sort());
});

test("a tap has a side", () => {
  const box = { left: 10, width: 300 };
  assert.deepEqual([10, 100, 120, 200, 220, 310].map((x) => sideOf(x, box)), [-1, -1, 0, 0, 1, 1]);
});

test("two quick taps on one side are a double tap, and a third goes on", () => {
  const at = (time, side) => ({ time, side });
  assert.equal(isDouble(null, at(0, 1)), false);
  assert.equal(isDouble(at(0, 1), at(300, 1)), true);
  assert.equal(isDouble(at(300, 1), at(600, 1)), true);
  assert.equal(isDouble(at(0, 1), at(300, -1)), false);
  assert.equal(isDouble(at(0, 1), at(400, 1)), false);
});

test("answers on the screen are short", () => {
  assert.deepEqual([10, -5].map(skipText), ["+10 s", "−5 s"]);
  assert.equal(volumeText({ muted: false, volume: 0.7 }), "Volume 70 %");
  assert.equal(volumeText({ muted: true, volume: 0.7 }), "Sound off");
  assert.equal(volumeText({ muted: false, volume: 0 }), "Sound off");
});

test("the volume keeps to its bounds, and none of it is muted", () => {
  const video = { volume: 0.5, muted: false };
  for (const [wanted, volume, muted] of [[1.4, 1, false], [-0.1, 0, true], [0.3, 0.3, false]]) {
    setVolume(video, wanted);
    assert.deepEqual(video, { volume, muted });
  }
});

test("a storyboard becomes pictures with absolute addresses", () => {
  const text = "WEBVTT\r\n\r\n00:00.000 --> 00:05.000\r\nstoryboard-0.jpg#xywh=0,0,160,90\r\n\r\n"
    + "1:00:05.000 --> 1:00:10.500 line:0\nhttps://cdn.example/s.jpg#xywh=160,90,160,90\n";
  const pictures = parse(text, "https://films.example/api/video/1/storyboard.vtt");
  assert.equal(pictures.length, 2);
  assert.deepEqual(pictures[0], { start: 0, end: 5, url: "https://films.example/api/video/1/storyboard-0.jpg", x: 0, y: 0, width: 160, height: 90 });
  assert.deepEqual([pictures[1].start, pictures[1].end, pictures[1].url], [3605, 3610.5, "https://cdn.example/s.jpg"]);
  assert.equal(pictureAt(pictures, 4.9), pictures[0]);
  assert.equal(pictureAt(pictures, 5), undefined);
  assert.deepEqual(parse("WEBVTT\n\nNOTE nothing\n", "https://films.example/"), []);
});

test("a position is saved when it moved, and a glance is none", () => {
  assert.equal(isNews(4, 0), false);
  assert.equal(isNews(5, 0), true);
  assert.equal(isNews(30, 30), false);
  assert.equal(isNews(2, 30), true, "who went back to the start means it");
});
