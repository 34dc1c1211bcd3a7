/** What addresses ask for, where signing in leads, and what forms answer. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { fieldErrors, passwordMistakes } from "../../static/web/js/forms.js";
import { countText, isAsked, readQuery, searchUrl, titleFor } from "../../static/web/js/query.js";
import { destination } from "../../static/web/js/session.js";

const SITE = "https://films.example";

for (const [next, url] of [
  ["", `${SITE}/`], ["?next=/watch/3/", `${SITE}/watch/3/`], ["?next=%2F%3Fq%3Dx", `${SITE}/?q=x`],
  ["?next=https://evil.example/", "/"], ["?next=//evil.example/", "/"], ["?next=/\\evil.example", "/"],
  ["?next=javascript:alert(1)", "/"], ["?next=http://[", "/"], ["?next=https:evil", `${SITE}/evil`],
]) {
  test(`signing in with "${next}" leads to ${url}`, () => assert.equal(destination(next, SITE), url));
}

test("an address asks for a search, a category, or nothing", () => {
  assert.deepEqual(readQuery("?q=blade%20runner"), { search: "blade runner", category: "" });
  assert.deepEqual(readQuery("?category=Sci-Fi"), { search: "", category: "Sci-Fi" });
  assert.equal(isAsked(readQuery("")), false);
  assert.equal(isAsked(readQuery("?q=")), false);
  assert.equal(isAsked(readQuery("?category=Drama")), true);
});

test("typing changes the address only when it changes the search", () => {
  assert.equal(searchUrl(" bars ", "/"), "/?q=bars");
  assert.equal(searchUrl("a&b=c", "/"), "/?q=a%26b%3Dc");
  assert.equal(searchUrl("  ", "/?q=bars"), "/");
  assert.equal(searchUrl("bars ", "/?q=bars"), null);
  assert.equal(searchUrl("", "/"), null);
});

test("results have a title and a count in words", () => {
  assert.equal(titleFor({ search: "x", category: "" }), "Results for “x”");
  assert.equal(titleFor({ search: "", category: "Drama" }), "Drama");
  assert.deepEqual([0, 1, 2].map(countText), ["0 films", "1 film", "2 films"]);
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
