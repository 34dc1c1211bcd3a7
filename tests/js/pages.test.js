/** What addresses ask for, where signing in leads, and what forms answer. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { fieldErrors, passwordMistakes } from "../../static/web/js/forms.js";
import { pageOf, posterSet } from "../../static/web/js/films.js";
import { countText, isOrdered, readQuery, titleFor, withOrder } from "../../static/web/js/query.js";
import { afterSignIn, destination, rememberedPlace, rememberPlace, takePlace } from "../../static/web/js/session.js";

const SITE = "https://films.example";

for (const [next, url] of [
  ["", `${SITE}/`], ["?next=/watch/3/", `${SITE}/watch/3/`], ["?next=%2F%3Fq%3Dx", `${SITE}/?q=x`],
  ["?next=https://evil.example/", "/"], ["?next=//evil.example/", "/"], ["?next=/\\evil.example", "/"],
  ["?next=javascript:alert(1)", "/"], ["?next=http://[", "/"], ["?next=https:evil", `${SITE}/evil`],
]) {
  test(`signing in with "${next}" leads to ${url}`, () => assert.equal(destination(next, SITE), url));
}

test("an address asks for what the API knows, and for nothing else", () => {
  assert.equal(readQuery("?search=blade%20runner&evil=1&category=").toString(), "search=blade+runner");
  assert.equal(readQuery("?ordering=title&page=7").toString(), "ordering=title");
});

test("lists have a title and a count in words", () => {
  const title = (query, name) => titleFor(readQuery(query), name);
  assert.equal(title("?search=x"), "Results for “x”");
  assert.equal(title("?category=drama", "Drama"), "Drama");
  assert.equal(title("?favorite=true"), "My list");
  assert.equal(title("?upcoming=true"), "Next episodes");
  assert.equal(title("?like=3", "Up"), "Like Up");
  assert.equal(title("?year=1999"), "1999");
  assert.equal(title("?ordering=title"), "All films, A to Z");
  assert.equal(title(""), "New films");
  assert.deepEqual([0, 1, 2].map((count) => countText(count)), ["0 films", "1 film", "2 films"]);
});

test("what is ordered by itself offers no other order", () => {
  assert.deepEqual(["?search=x", "?history=true", "?upcoming=true", "?category=drama", ""].map((query) => isOrdered(readQuery(query))), [true, true, true, false, false]);
  assert.equal(withOrder(readQuery("?category=drama"), "title").toString(), "category=drama&ordering=title");
});

test("rows link to pages of the site", () => {
  assert.equal(pageOf("/api/video/?like=3"), "/films/?like=3");
  assert.equal(pageOf("/api/series/"), "/series/");
});

test("a field's messages stand together, and other values are no fields", () => {
  const body = { email: ["Taken.", "Odd."], password: ["Short."], detail: "No.", user: { id: 1 } };
  assert.deepEqual(fieldErrors({ body }), { email: "Taken. Odd.", password: "Short." });
  assert.deepEqual(fieldErrors({ body: null }), {});
  assert.deepEqual(fieldErrors({}), {});
});

test("passwords are judged before they are sent", () => {
  const judge = (a, b) => Object.keys(passwordMistakes({ a, b }, "a", "b"));
  assert.deepEqual(judge("1234567", "1234567"), ["a"]);
  assert.deepEqual(judge("12345678", "12345679"), ["b"]);
  assert.deepEqual(judge("short", "other"), ["a", "b"]);
  assert.deepEqual(judge("long enough", "long enough"), []);
});

test("the page that was remembered is where signing in leads, once and for a day", () => {
  const kept = new Map();
  globalThis.localStorage = { setItem: (key, value) => kept.set(key, value), getItem: (key) => kept.get(key) ?? null, removeItem: (key) => kept.delete(key) };
  rememberPlace("/film/3/");
  assert.equal(rememberedPlace(), "/film/3/");
  assert.equal(afterSignIn("", SITE), `${SITE}/film/3/`);
  assert.equal(afterSignIn("", SITE), `${SITE}/`);
  rememberPlace("/film/3/");
  assert.equal(afterSignIn("?next=/watch/1/", SITE), `${SITE}/watch/1/`);
  rememberPlace("/film/3/", 0);
  assert.equal(takePlace(25 * 3600 * 1000), "/");
  delete globalThis.localStorage;
});

test("posters have an address for every width", () => {
  assert.equal(
    posterSet("http://x/api/video/7/thumbnail.jpg?v=a", "webp"),
    [320, 640, 1280].map((width) => `http://x/api/video/7/poster-${width}.webp?v=a ${width}w`).join(", "),
  );
});
