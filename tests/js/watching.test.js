/** What happens around a film: its end, the system's controls, subtitles' look, what is told of it. */

import assert from "node:assert/strict";
import test from "node:test";
import { alike, Countdown, nextTitle } from "../../static/web/js/player/afterwards.js";
import { tell, watching } from "../../static/web/js/player/events.js";
import { wantedLook } from "../../static/web/js/player/look.js";
import { positionState } from "../../static/web/js/player/media-session.js";

/** A countdown whose clock is turned by `pass(seconds)`. */
function counting(t, { hidden = () => false } = {}) {
  const seen = [];
  let tick = () => {};
  t.mock.method(globalThis, "setInterval", (action) => (tick = action));
  t.mock.method(globalThis, "clearInterval", () => (tick = () => {}));
  const countdown = new Countdown({ isHeld: hidden, onTick: (left) => seen.push(left), onEnd: () => seen.push("end") });
  const pass = (seconds) => Array.from({ length: seconds }).forEach(() => tick());
  return { countdown, seen, pass };
}

test("a countdown ends once", (t) => {
  const { countdown, seen, pass } = counting(t);

  countdown.start(2);
  pass(5);

  assert.deepEqual(seen, [2, 1, 0, "end"]);
});

test("a countdown waits while nobody can see it, and goes on", (t) => {
  let isHidden = true;
  const { countdown, seen, pass } = counting(t, { hidden: () => isHidden });

  countdown.start(2);
  pass(60);
  assert.deepEqual(seen, [2]);

  isHidden = false;
  pass(2);
  assert.deepEqual(seen, [2, 1, 0, "end"]);
});

test("a countdown that was stopped does not end", (t) => {
  const { countdown, seen, pass } = counting(t);

  countdown.start(2);
  countdown.stop();
  pass(5);

  assert.deepEqual(seen, [2]);
});

test("more like a film is neither itself nor the next, and not too many", () => {
  const found = Array.from({ length: 10 }, (_, id) => ({ id }));

  assert.deepEqual(alike(found, { id: 0, next: { id: 1 } }).map(({ id }) => id), [2, 3, 4, 5, 6, 7]);
  assert.deepEqual(alike([{ id: 3 }], { id: 3, next: null }), []);
});

test("the next episode is named with its numbers, as far as it has some", () => {
  assert.equal(nextTitle({ title: "Bars", season: 2, episode: 5 }), "S2 E5 · Bars");
  assert.equal(nextTitle({ title: "Bars", season: null, episode: 0 }), "E0 · Bars");
  assert.equal(nextTitle({ title: "Bars" }), "Bars");
});

test("the system's position is never told what browsers throw for", () => {
  const video = { currentTime: 5, playbackRate: 1 };

  assert.deepEqual(positionState(video, 60), { duration: 60, position: 5, playbackRate: 1 });
  assert.deepEqual(positionState({ ...video, currentTime: 61 }, 60).position, 60);
  for (const duration of [NaN, Infinity, 0, -1]) assert.equal(positionState(video, duration), null);
  assert.equal(positionState({ ...video, currentTime: NaN }, 60), null);
  assert.equal(positionState({ ...video, playbackRate: 0 }, 60), null);
});

test("a look that was chosen holds as far as the menu still has it", () => {
  assert.deepEqual(wantedLook({ subtitle_size: "large", subtitle_ground: "neon" }), { size: "large", ground: "box" });
  for (const nothing of [{}, { subtitle_size: "", subtitle_ground: null }]) {
    assert.deepEqual(wantedLook(nothing), { size: "normal", ground: "box" });
  }
});

test("modules beside the player hear what happens", () => {
  const heard = [];
  watching.addEventListener("switch", ({ detail }) => heard.push(detail));

  tell("switch", { id: 7, from: "480p", to: "720p" });

  assert.deepEqual(heard, [{ id: 7, from: "480p", to: "720p" }]);
});
