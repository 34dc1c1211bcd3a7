import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accessibleName, episodeTitle, facts, goesOn, initial, preparingNote, seasons, seasonTitle, signature, watchedPercent,
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

test("facts tell year and age too", () => {
  assert.equal(facts(film({ year: 2019, age_rating: 12 })), "Drama · 2019 · 40 min · from 12");
  assert.equal(facts(film({ age_rating: 0 })), "Drama · 40 min · for all ages");
});

test("seasons keep their order, and specials have a name", () => {
  const videos = [film({ season: 1 }), film({ season: 2 }), film({ season: 1 }), film({ season: 0 })];
  assert.deepEqual(seasons(videos).map(([season, list]) => [seasonTitle(season), list.length]), [
    ["Season 1", 2], ["Season 2", 1], ["Specials", 1],
  ]);
  assert.equal(episodeTitle({ season: 1, episode: 2 }), "Season 1, episode 2");
  assert.equal(episodeTitle({ season: null, episode: null }), "");
});

test("the cards of films that are to go on open the player", () => {
  assert.deepEqual(["continue", "next", "my-list", "new"].map((id) => goesOn({ id })), [true, true, false, false]);
});

test("rows change with a film and with a poster, not with marks", () => {
  const rows = (fields) => [{ id: "new", videos: [film({ thumbnail_url: "a", ...fields })] }];
  assert.equal(signature(rows()), signature(rows({ is_favorite: true })));
  assert.notEqual(signature(rows()), signature(rows({ thumbnail_url: "b" })));
  assert.notEqual(signature(rows()), signature([...rows(), { id: "my-list", videos: [] }]));
});
