/** What the address of a list asks for, and what that is called. */

import { n, t } from "./language.js";

const KNOWN = ["search", "category", "tag", "series", "year", "like", "favorite", "started", "upcoming", "watched", "history"];
const MARKS = ["favorite", "started", "upcoming", "watched", "history"];
const titles = () => ({ favorite: t("My list"), started: t("Continue watching"), upcoming: t("Next episodes"), watched: t("Watched"), history: t("History") });
const orders = () => ({ title: t("All films, A to Z"), popular: t("Most watched this week") });

/** The query without anything that the API does not know. */
export function readQuery(search) {
  const given = new URLSearchParams(search);
  const asked = new URLSearchParams();
  for (const name of [...KNOWN, "ordering"]) if (given.get(name)) asked.set(name, given.get(name));
  return asked;
}

/** The heading of a list; `name` is what its category, tag, series or film is called. */
export function titleFor(asked, name = "") {
  const known = [
    asked.has("search") && t("Results for “%(search)s”", { search: asked.get("search") }),
    asked.has("like") && (name ? t("Like %(title)s", { title: name }) : t("Like this film")),
    titles()[MARKS.find((mark) => asked.get(mark) === "true")],
    name,
    asked.get("year"),
    orders()[asked.get("ordering")],
  ];
  return known.find(Boolean) ?? t("New films");
}

/** Whether the list has an order of its own, which none of the choices describes. */
export function isOrdered(asked) {
  return ["search", "like", ...MARKS].some((name) => asked.has(name));
}

export function withOrder(asked, ordering) {
  const changed = new URLSearchParams(asked);
  changed.set("ordering", ordering);
  return changed;
}

export const countText = (count) => n("%(count)s film", "%(count)s films", count);
