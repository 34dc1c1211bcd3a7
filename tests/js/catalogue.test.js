import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accessibleName, facts, groupBy, homeRows, initial, preparingNote, signature, watchedPercent,
} from "../../static/web/js/catalogue.js";

const film = (fields = {}) => ({ id: 1, title: "Forty Minutes", category: "Drama", state: "completed", duration: 2400, ...fields });

test("a card is called by title, length and what was watched", () => {
  assert.equal(accessibleName(film({ position: 1702 })), "Forty Minutes, 40 minutes, 71 percent watched");
});

test("a card's name leaves out what is not there", () => {
  assert.equal(accessibleName(film({ duration: null })), "Forty Minutes");
  assert.equal(accessibleName(film({ position: 0, duration: 61 })), "Forty Minutes, 1 minute 1 second");
  assert.equal(
    accessibleName(film({ state: "processing", duration: 60 })),
    "Forty Minutes, 1 minute, Ready to start, the rest is being prepared",
  );
});

for (const [fields, percent] of [
  [{ position: 1702 }, 71], [{ position: 0 }, 0], [{ position: 1 }, 1], [{ position: 2400 }, 100], [{ position: 9999 }, 100],
  [{ position: 5, duration: 0 }, 0], [{ position: 5, duration: null }, 0], [{ position: null }, 0], [{}, 0], [{ position: -4 }, 0],
]) {
  test(`of ${JSON.stringify(fields)} ${percent} percent were watched`, () => assert.equal(watchedPercent(film(fields)), percent));
}

test("the note says in plain words that the rest is coming", () => {
  for (const state of ["pending", "processing"]) {
    assert.equal(preparingNote(film({ state, progress: 99 })), "Ready to start, the rest is being prepared");
  }
  for (const state of ["completed", "failed"]) assert.equal(preparingNote(film({ state })), "");
});

test("facts are category and length, as far as known", () => {
  assert.equal(facts(film({ duration: 5400 })), "Drama · 1 h 30 min");
  assert.equal(facts(film({ duration: null })), "Drama");
});

test("the initial is one character, whatever it is made of", () => {
  assert.deepEqual(["über", " a", "🎬 film", "", "  "].map(initial), ["Ü", "A", "🎬", "", ""]);
});

test("groups keep the order of their first item, and every item", () => {
  const groups = groupBy([3, 1, 4, 1, 5, 9], (number) => number % 2);
  assert.deepEqual([...groups], [[1, [3, 1, 1, 5, 9]], [0, [4]]]);
});

test("rows come in their order, and empty ones do not come", () => {
  const newest = [film({ id: 3 }), film({ id: 2, category: "Sci-Fi & more" }), film({ id: 1, is_favorite: true })];
  const rows = homeRows({ newest, started: [] });
  assert.deepEqual(rows.map(({ title }) => title), ["My list", "New", "Drama", "Sci-Fi & more"]);
  assert.deepEqual(rows[2].films.map(({ id }) => id), [3, 1]);
  assert.equal(rows[3].href, "/?category=Sci-Fi%20%26%20more");
  assert.equal(homeRows({ newest, started: [newest[0]] })[0].title, "Continue watching");
});

test("the row of new films is short, and no films are no rows", () => {
  const many = Array.from({ length: 100 }, (_, id) => film({ id }));
  assert.equal(homeRows({ newest: many, started: [] })[0].films.length, 20);
  assert.deepEqual(homeRows({ newest: [], started: [] }), []);
});

test("a list's signature changes with a film and with a poster, not with marks", () => {
  const list = [film({ thumbnail_url: "a" })];
  assert.equal(signature(list), signature([film({ thumbnail_url: "a", is_favorite: true })]));
  assert.notEqual(signature(list), signature([film({ thumbnail_url: "b" })]));
  assert.notEqual(signature(list), signature([...list, film({ id: 2 })]));
});
