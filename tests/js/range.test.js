import assert from "node:assert/strict";
import { test } from "node:test";

import { bubbleLeft, end, loadedUpTo, percent, shareAt, within } from "../../static/web/js/player/range.js";

const ranges = (...pairs) => ({ length: pairs.length, start: (index) => pairs[index][0], end: (index) => pairs[index][1] });
const video = (fields) => ({ duration: 60, currentTime: 0, seekable: ranges(), buffered: ranges(), ...fields });

test("a finished film ends at its duration, a growing one where it can be played to", () => {
  assert.equal(end(video()), 60);
  assert.equal(end(video({ duration: Infinity, seekable: ranges([0, 18]) })), 18);
  assert.equal(end(video({ duration: Infinity, seekable: ranges([0, 5], [10, 24]) })), 24);
  assert.equal(end(video({ duration: NaN })), 0);
});

test("seeking stays inside the film, and short of its very end", () => {
  assert.equal(within(video(), 30), 30);
  assert.equal(within(video(), -5), 0);
  assert.equal(within(video(), 999), 59.95);
  assert.equal(within(video({ duration: NaN }), 5), 0);
  assert.equal(within(video({ duration: 0.02 }), 5), 0);
});

test("loaded is the stretch around the present moment", () => {
  const buffered = ranges([0, 12], [20, 40]);
  assert.equal(loadedUpTo(video({ buffered, currentTime: 3 })), 12);
  assert.equal(loadedUpTo(video({ buffered, currentTime: 25 })), 40);
  assert.equal(loadedUpTo(video({ buffered, currentTime: 15 })), 15);
  assert.equal(loadedUpTo(video({ buffered, currentTime: 19.95 })), 40, "a gap of a tenth is bridged");
  assert.equal(loadedUpTo(video({ buffered: ranges(), currentTime: 7 })), 7);
});

test("shares are percents, of nothing none", () => {
  assert.equal(percent(1, 4), "25%");
  assert.equal(percent(1, 0), "0%");
  assert.equal(percent(1, NaN), "0%");
});

test("a pointer's place on the bar is between 0 and 1", () => {
  const bar = { left: 100, width: 200 };
  assert.deepEqual([50, 100, 200, 300, 400].map((x) => shareAt(x, bar)), [0, 0, 0.5, 1, 1]);
  assert.equal(shareAt(5, { left: 0, width: 0 }), 0);
});

test("the bubble stays over the bar, also where it is wider than the bar", () => {
  assert.deepEqual([0, 0.5, 1].map((share) => bubbleLeft(share, 100, 400)), [0, 150, 300]);
  assert.equal(bubbleLeft(0.5, 500, 400), 0);
});
