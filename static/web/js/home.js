/** `/` for people who are signed in: hero, rows, search, one category. */

import { ApiError, keepSessionFresh, leaveForLogin, refresh, signOut } from "./api.js";
import { card, row, showFavourite, showPicture, showProgress } from "./cards.js";
import { $, $$, show, toast } from "./dom.js";
import * as films from "./films.js";
import { startResults } from "./results.js";
import { length } from "./time.js";

const LOOK_AGAIN = 5000;
const shown = new Map(); // id → film, one object per film however often it is on the page
let shownList = "";

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
  const rows = [
    ["Continue watching", "", started],
    ["My list", "", newest.filter((film) => film.is_favorite)],
    ["New", "", newest.slice(0, 20)],
    ...byCategory(newest),
  ];
  const filled = rows.filter(([, , list]) => list.length);
  $("#rows").replaceChildren(...filled.map(([title, href, list]) => row(title, href, list.map(makeCard))));
}

/** The newest films of each category, in the order of their newest. */
function byCategory(list) {
  const groups = Map.groupBy(list, (film) => film.category);
  return [...groups].map(([category, members]) => [category, films.categoryUrl(category), members]);
}

function showHero(film) {
  $("#hero-title").textContent = film.title;
  $("#hero-description").textContent = film.description;
  $("#hero [data-facts]").textContent = [film.category, length(film.duration)].filter(Boolean).join(" · ");
  $("#hero-play").href = films.watchUrl(film.id);
  showPicture($("#hero-image"), film);
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
    toast(film.is_favorite ? "Added to your list" : "Taken off your list");
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

/** What the page shows of a list; it changes with a new film, and when a poster arrives. */
function signature(list) {
  return list.map(({ id, thumbnail_url }) => `${id} ${thumbnail_url}`).join();
}

function fail(error) {
  if (!(error instanceof ApiError)) throw error;
  if (error.isSessionOver) return leaveForLogin();
  show($("#loading"), false);
  $("#failed-text").textContent = error.message;
  show($("#failed"));
}

start();
