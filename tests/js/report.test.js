import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Viewing } from "../../static/web/js/player/report.js";

let time;
let viewing;

beforeEach(() => {
  time = 0;
  viewing = new Viewing(7, "name-of-it", () => time);
});

function after(seconds, does) {
  time += seconds * 1000;
  does?.();
}

test("counts seconds in which the picture moves", () => {
  after(1, () => viewing.moves());
  after(10, () => viewing.stands());
  after(60, () => viewing.moves());

  after(5);

  assert.equal(viewing.report().watched, 15);
});

test("measures from the wish to the first picture, once", () => {
  after(30, () => viewing.wish());
  after(0.8, () => viewing.moves());
  after(9, () => viewing.wish());
  after(9, () => viewing.moves());

  assert.equal(viewing.report().startup, 0.8);
});

test("counts stalls by their length", () => {
  for (const seconds of [0.5, 2, 20]) {
    viewing.moves();
    after(5, () => viewing.stalls());
    after(seconds, () => viewing.moves());
  }

  const { stalls, stalled } = viewing.report();
  assert.deepEqual(stalls, [1, 1, 0, 1]);
  assert.equal(stalled, 22.5);
});

test("counts no stall before the first picture, nor one that ends in a seek", () => {
  viewing.stalls();
  after(3, () => viewing.moves());
  after(3, () => viewing.stalls());
  after(3, () => viewing.givesUpWaiting());
  after(3, () => viewing.moves());

  assert.equal(viewing.report().stalled, 0);
});

test("counts the stall that made somebody leave, and tells of one that goes on", () => {
  viewing.moves();
  after(5, () => viewing.stalls());
  after(4);
  assert.equal(viewing.report().stalled, 4);

  after(1, () => viewing.ends("left"));
  after(60);

  const { stalls, stalled } = viewing.report();
  assert.deepEqual(stalls, [0, 0, 1, 0]);
  assert.equal(stalled, 5);
});

test("forgets a stall that a seek or a pause has ended", () => {
  viewing.moves();
  after(5, () => viewing.stalls());
  after(4, () => viewing.givesUpWaiting());

  assert.equal(viewing.report().stalled, 0);
});

test("remembers which twentieths were seen", () => {
  for (const position of [0, 4.9, 5, 99.9, 100]) viewing.sees(position, 100);
  viewing.sees(5, NaN);
  viewing.sees(5, Infinity);

  assert.equal(viewing.report().seen, 0b10000000000000000011);
});

test("counts changes of quality", () => {
  viewing.switches();
  viewing.switches();

  assert.equal(viewing.report().switches, 2);
});

test("numbers its reports", () => {
  assert.deepEqual([viewing.report().sequence, viewing.report().sequence], [1, 2]);
});

test("goes on after its end", () => {
  viewing.ends("finished");
  viewing.moves();

  assert.equal(viewing.report().end, "");
});

test("hears only ids", () => {
  viewing.hears("abc-123");
  viewing.hears("<b>");
  viewing.hears(null);

  assert.equal(viewing.report().request, "abc-123");
});
