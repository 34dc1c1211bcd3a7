/** `/` for people who are signed in: the newest film, and rows that the server made. */

import { ApiError } from "./api.js";
import { row, showFavourite, showPoster, showProgress } from "./cards.js";
import { facts, goesOn, MY_LIST, signature } from "./catalogue.js";
import { $, $$, show } from "./dom.js";
import * as films from "./films.js";
import { known, makeCard, onFavourite, shownFilms, startPage, tell, toggleFavourite } from "./page.js";
import { leaveForLogin } from "./session.js";

const LOOK_AGAIN = 10_000;
let shownRows = "";

async function load() {
  try {
    await showHome();
  } finally {
    show($("#loading"), false);
    $("#home").removeAttribute("aria-busy");
  }
  onFavourite(updateMyList);
  setInterval(lookAgain, LOOK_AGAIN);
}

async function showHome() {
  const rows = await films.homeRows();
  shownRows = signature(rows);
  show($("#empty"), !rows.length);
  const newest = rows.find(({ id }) => id === "new")?.videos[0];
  show($("#hero"), Boolean(newest));
  if (newest) showHero(known(newest));
  $("#rows").replaceChildren(...rows.map(makeRow));
}

function makeRow(shown) {
  const element = row(shown.title, films.pageOf(shown.url), shown.videos.map((film) => makeCard(film, cardOptions(shown, film))));
  element.dataset.row = shown.id;
  return element;
}

function cardOptions(shown, film) {
  if (!goesOn(shown)) return {};
  const options = { href: films.watchUrl(film.id) };
  return shown.id === "continue" ? { ...options, onTakeAway: takeAway } : options;
}

async function takeAway(film) {
  try {
    await films.forgetPosition(film.id);
    await showHome();
    ($('[data-row="continue"] a') ?? $("#rows a"))?.focus();
  } catch (error) {
    tell(error);
  }
}

/** Follow the hearts: the row "My list" comes, changes and goes at once. */
async function updateMyList() {
  const old = $(`[data-row="${MY_LIST}"]`);
  const hadFocus = old?.contains(document.activeElement);
  const rows = await films.homeRows().catch(tell);
  if (!rows) return;
  old?.remove();
  insert(rows, MY_LIST);
  shownRows = signature(rows);
  if (hadFocus) ($(`[data-row="${MY_LIST}"] .heart`) ?? $("#rows .film a"))?.focus();
}

function insert(rows, wanted) {
  const place = rows.findIndex(({ id }) => id === wanted);
  if (place >= 0) $("#rows").insertBefore(makeRow(rows[place]), $("#rows").children[place] ?? null);
}

function showHero(film) {
  $("#hero-title").textContent = film.title;
  $("#hero-description").textContent = film.description;
  $("#hero [data-facts]").textContent = facts(film);
  $("#hero-play").href = films.watchUrl(film.id);
  $("#hero-about").href = films.filmUrl(film.id);
  showPoster($("#hero-image"), film);
  const button = $("#hero-favourite");
  button.dataset.film = film.id;
  button.onclick = () => toggleFavourite(film);
  showFavourite(button, film);
}

/** Follow the films that are being encoded, and notice new ones. */
async function lookAgain() {
  if (document.hidden) return;
  try {
    await Promise.all(shownFilms().filter(films.isEncoding).map(followEncoding));
    if ($("#rows").contains(document.activeElement)) return; // somebody is reading
    if (signature(await films.homeRows()) !== shownRows) await showHome();
  } catch (error) {
    if (error.isSessionOver) leaveForLogin();
    else if (!(error instanceof ApiError)) throw error; // an unreachable server is asked again
  }
}

async function followEncoding(film) {
  const { state, progress } = await films.status(film.id);
  Object.assign(film, { state, progress });
  $$(`.film[data-film="${film.id}"]`).forEach((element) => showProgress(element, film));
}

startPage(load);
