/** `/` for people who are signed in: hero, rows, search, one category. */

import { ApiError, refresh } from "./api.js";
import { card, row, showFavourite, showPoster, showProgress } from "./cards.js";
import { facts, homeRows, MY_LIST, signature } from "./catalogue.js";
import { $, $$, show, toast } from "./dom.js";
import * as films from "./films.js";
import { startResults } from "./results.js";
import { keepSessionFresh, leaveForLogin, signOut } from "./session.js";

const LOOK_AGAIN = 5000;
const shown = new Map(); // id → film, one object per film however often it is on the page
let shownList = "";
let lists = { newest: [], started: [] };

async function start() {
  $("#sign-out").addEventListener("click", signOut);
  $("#retry").addEventListener("click", () => location.reload());
  try {
    if (document.body.dataset.session === "refresh" && !(await refresh())) return leaveForLogin();
    startResults({ makeCard, onError: fail });
    await showHome();
    keepSessionFresh();
    setInterval(lookAgain, LOOK_AGAIN);
  } catch (error) {
    fail(error);
  }
}

async function showHome() {
  const [newest, started] = await Promise.all([films.newest(), films.started()]);
  shownList = signature(newest);
  show($("#loading"), false);
  $("#home").removeAttribute("aria-busy");
  show($("#empty"), !newest.length);
  if (!newest.length) return;
  showHero(known(newest[0]));
  lists = { newest: newest.map(known), started: started.map(known) };
  $("#rows").replaceChildren(...homeRows(lists).map(makeRow));
}

function makeRow({ title, href, films: list }) {
  const element = row(title, href, list.map(makeCard));
  element.dataset.row = title;
  return element;
}

/** Follow the hearts: the row "My list" comes, changes and goes at once. */
function updateMyList() {
  const rows = homeRows(lists);
  const index = rows.findIndex(({ title }) => title === MY_LIST);
  const old = $(`[data-row="${MY_LIST}"]`, $("#rows"));
  const hadFocus = old?.contains(document.activeElement);
  old?.remove();
  if (index >= 0) $("#rows").insertBefore(makeRow(rows[index]), $("#rows").children[index] ?? null);
  if (hadFocus) $(index >= 0 ? `[data-row="${MY_LIST}"] .heart` : "#rows .film a")?.focus();
}

function showHero(film) {
  $("#hero-title").textContent = film.title;
  $("#hero-description").textContent = film.description;
  $("#hero [data-facts]").textContent = facts(film);
  $("#hero-play").href = films.watchUrl(film.id);
  showPoster($("#hero-image"), film);
  const button = $("#hero-favourite");
  button.dataset.film = film.id;
  button.onclick = () => toggleFavourite(film);
  showFavourite(button, film);
  show($("#hero"));
}

function makeCard(film) {
  return card(known(film), toggleFavourite);
}

function known(film) {
  const same = Object.assign(shown.get(film.id) ?? film, film);
  shown.set(film.id, same);
  return same;
}

async function toggleFavourite(film) {
  try {
    await films.setFavourite(film.id, !film.is_favorite);
    film.is_favorite = !film.is_favorite;
    $$(`.film[data-film="${film.id}"] .heart, .favourite[data-film="${film.id}"]`).forEach((button) => showFavourite(button, film));
    updateMyList();
    toast(film.is_favorite ? "Added to your list" : "Removed from your list");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.isSessionOver) return leaveForLogin();
    toast(error.message);
  }
}

/** Follow the films that are being encoded, and notice new ones. */
async function lookAgain() {
  if (document.hidden) return;
  try {
    await Promise.all([...shown.values()].filter(films.isEncoding).map(followEncoding));
    const isReading = $("#rows").contains(document.activeElement) || $("#home").hidden;
    if (!isReading && signature(await films.newest()) !== shownList) await showHome();
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

function fail(error) {
  if (!(error instanceof ApiError)) throw error;
  if (error.isSessionOver) return leaveForLogin();
  show($("#loading"), false);
  $("#failed-text").textContent = error.message;
  show($("#failed"));
}

start();
