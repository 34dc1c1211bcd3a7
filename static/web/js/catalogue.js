/** What pages and cards say about films: no document, no requests. */

import { isEncoding } from "./films.js";
import { categoryName, t } from "./language.js";
import { length, spoken } from "./time.js";

export const MY_LIST = "my-list";
/** Rows of films that are to go on, which cards open at once. */
const TO_GO_ON = ["continue", "next"];

export const goesOn = ({ id }) => TO_GO_ON.includes(id);

/** What the page shows of its rows; it changes with a film, and when a poster arrives. */
export function signature(rows) {
  return rows.map(({ id, videos }) => `${id}: ${videos.map((film) => `${film.id} ${film.thumbnail_url}`)}`).join();
}

/** "Drama · 2019 · 1 h 30 min · from 12" */
export function facts(film) {
  const age = film.age_rating === 0 ? t("for all ages") : film.age_rating && t("from %(age)s", { age: film.age_rating });
  return [categoryName(film.category), film.year, length(film.duration), age].filter(Boolean).join(" · ");
}

/** 0 to 100, whole. */
export function watchedPercent({ duration, position }) {
  if (!(duration > 0) || !(position > 0)) return 0;
  return Math.min(100, Math.max(1, Math.round((100 * position) / duration)));
}

/** What stands in a card's poster while it has none. */
export function initial(title) {
  return [...title.trim()][0]?.toUpperCase() ?? "";
}

export function preparingNote(film) {
  return isEncoding(film) ? t("Ready to start, the rest is being prepared") : "";
}

/** "Forty Minutes, 40 minutes, 71 percent watched": a card's link for screen readers. */
export function accessibleName(film) {
  const watched = watchedPercent(film);
  const parts = [film.title, film.duration > 0 && spoken(film.duration), watched && t("%(percent)s percent watched", { percent: watched }), preparingNote(film)];
  return parts.filter(Boolean).join(", ");
}

/** "Season 1", t("Specials"), or "" for films without seasons. */
export function seasonTitle(season) {
  if (season === 0) return t("Specials");
  return season ? t("Season %(number)s", { number: season }) : "";
}

/** "Season 1, episode 2", as far as known. */
export function episodeTitle({ season, episode }) {
  return [seasonTitle(season), episode && t("episode %(number)s", { number: episode })].filter(Boolean).join(", ");
}

/** Films by season, in their order: `[[season, films]]`. */
export function seasons(videos) {
  const groups = new Map();
  for (const film of videos) groups.set(film.season, [...(groups.get(film.season) ?? []), film]);
  return [...groups];
}
