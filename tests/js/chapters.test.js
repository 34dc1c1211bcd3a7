/** Chapters, their marks' arithmetic, and what can be skipped. */

import assert from "node:assert/strict";
import test from "node:test";
import { chapterAt, chaptersOf, skipAt } from "../../static/web/js/player/chapters.js";

const ROWS = [
  { seconds: 90, title: "The Bars Appear" },
  { seconds: 30, title: "Opening credits" },
  { seconds: 0, title: "Previously" },
  { seconds: 500, title: "End Credits" },
];
const CHAPTERS = chaptersOf(ROWS, 600);

test("each chapter lasts until the next, the last one to the end", () => {
  assert.deepEqual(CHAPTERS.map(({ start, end }) => [start, end]), [[0, 30], [30, 90], [90, 500], [500, 600]]);
});

test("a film without chapters has none, and what begins after its end is left out", () => {
  assert.deepEqual(chaptersOf(undefined, 600), []);
  assert.deepEqual(chaptersOf([{ seconds: 700, title: "Late" }], 600), []);
});

test("staff's mark stands in for a chapter with the credits, and not beside one", () => {
  assert.deepEqual(chaptersOf([], 600, 550), [{ start: 550, end: 600, title: "Credits" }]);
  assert.equal(chaptersOf(ROWS, 600, 550).length, 4);
  assert.deepEqual(chaptersOf([], 600, null), []);
});

test("the chapter at a moment", () => {
  assert.equal(chapterAt(CHAPTERS, 90).title, "The Bars Appear");
  assert.equal(chapterAt(CHAPTERS, 600), undefined);
});

test("what is often skipped is offered by its chapter's name, in two languages", () => {
  assert.deepEqual(skipAt(CHAPTERS, 5), { label: "Skip recap", to: 30 });
  assert.deepEqual(skipAt(CHAPTERS, 30), { label: "Skip intro", to: 90 });
  assert.equal(skipAt(CHAPTERS, 100), null);
  assert.deepEqual(skipAt(CHAPTERS, 510), { label: "Skip credits", to: 600 });
  assert.equal(skipAt(chaptersOf([{ seconds: 0, title: "Vorspann" }], 60), 0).label, "Skip intro");
  assert.equal(skipAt(chaptersOf([{ seconds: 0, title: "Abspann" }], 60), 0).label, "Skip credits");
});

test("nothing is offered for the last moments of a chapter, or for words that only contain another", () => {
  assert.equal(skipAt(CHAPTERS, 88), null);
  assert.equal(skipAt(chaptersOf([{ seconds: 0, title: "Introspection" }], 60), 0), null);
  assert.equal(skipAt(chaptersOf([{ seconds: 0, title: "" }], 60), 0), null);
});
