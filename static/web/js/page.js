/** What all pages of the catalogue have in common: session, search field, marks on cards. */

import { ApiError, refresh, request } from "./api.js";
import { card, showFavourite } from "./cards.js";
import { $, $$, show, toast } from "./dom.js";
import * as films from "./films.js";
import { t } from "./language.js";
import { PROFILES, rememberProfile, showInHeader, showRemembered } from "./portraits.js";
import { keepSessionFresh, leaveForLogin, signOut } from "./session.js";
import { startSuggestions } from "./suggestions.js";

const shown = new Map(); // id → film, one object per film however often it is on the page

/** Run a page: `load` fills it. */
export async function startPage(load) {
  showRemembered();
  $("#sign-out").addEventListener("click", signOut);
  $("#retry").addEventListener("click", () => location.reload());
  try {
    if (document.body.dataset.session === "refresh" && !(await refresh())) {
      leaveForLogin();
      return;
    }
    startSuggestions();
    await load();
    keepSessionFresh();
    await showProfile();
  } catch (error) {
    fail(error);
  }
}

async function showProfile() {
  const current = (await request(PROFILES)).find((profile) => profile.is_current);
  rememberProfile(current);
  showInHeader(current);
}

export function fail(error) {
  if (error.name === "AbortError") return;
  if (!(error instanceof ApiError)) throw error;
  if (error.isSessionOver) {
    leaveForLogin();
    return;
  }
  $("#failed-text").textContent = error.message;
  show($("#failed"));
}

/** What to do with an error after a click: say it, or leave for sign-in. */
export function tell(error) {
  if (!(error instanceof ApiError)) throw error;
  if (error.isSessionOver) leaveForLogin();
  else toast(error.message);
}

export function known(film) {
  const same = Object.assign(shown.get(film.id) ?? film, film);
  shown.set(film.id, same);
  return same;
}

export const shownFilms = () => [...shown.values()];

export function makeCard(film, options = {}) {
  return card(known(film), { onFavourite: toggleFavourite, ...options });
}

const listeners = [];

/** `listener(film)` is called when a film came into the list or left it. */
export function onFavourite(listener) {
  listeners.push(listener);
}

export async function toggleFavourite(film) {
  try {
    await films.setFavourite(film.id, !film.is_favorite);
  } catch (error) {
    tell(error);
    return;
  }
  Object.assign(film, { is_favorite: !film.is_favorite });
  $$(`.film[data-film="${film.id}"] .heart, .favourite[data-film="${film.id}"]`).forEach((button) => showFavourite(button, film));
  listeners.forEach((listener) => listener(film));
  toast(film.is_favorite ? t("Added to your list") : t("Removed from your list"));
}
