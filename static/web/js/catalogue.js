/** What the home page and its cards say about films: no document, no requests. */

import { categoryUrl, isEncoding } from "./films.js";
import { length, spoken } from "./time.js";

export const MY_LIST = "My list";
const NEW = 20;

/** `[{title, href, films}]`, the rows that have something in them. */
export function homeRows({ newest, started }) {
  const rows = [
    { title: "Continue watching", href: "", films: started },
    { title: MY_LIST, href: "", films: newest.filter((film) => film.is_favorite) },
    { title: "New", href: "", films: newest.slice(0, NEW) },
    ...[...groupBy(newest, (film) => film.category)].map(([title, films]) => ({ title, href: categoryUrl(title), films })),
  ];
  return rows.filter(({ films }) => films.length > 0);
}

/** A Map from each key to its items, in the order of their first. (Safari has Map.groupBy from 17.4.) */
export function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/** What the page shows of a list; it changes with a new film, and when a poster arrives. */
export function signature(films) {
  return films.map(({ id, thumbnail_url: poster }) => `${id} ${poster}`).join();
}

/** "Drama · 1 h 30 min" */
export function facts(film) {
  return [film.category, length(film.duration)].filter(Boolean).join(" · ");
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
  return isEncoding(film) ? "Ready to start, the rest is being prepared" : "";
}

/** "Forty Minutes, 40 minutes, 71 percent watched": a card's link for screen readers. */
export function accessibleName(film) {
  const watched = watchedPercent(film);
  const parts = [film.title, film.duration > 0 && spoken(film.duration), watched && `${watched} percent watched`, preparingNote(film)];
  return parts.filter(Boolean).join(", ");
}
