/** What the address of a list asks for, and what that is called. */

const KNOWN = ["search", "category", "tag", "series", "year", "like", "favorite", "started", "watched", "history"];
const TITLES = { favorite: "My list", started: "Continue watching", watched: "Watched", history: "History" };
const ORDERS = { title: "All films, A to Z", popular: "Most watched this week" };

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
    asked.has("search") && `Results for “${asked.get("search")}”`,
    asked.has("like") && `Like ${name || "this film"}`,
    TITLES[Object.keys(TITLES).find((mark) => asked.get(mark) === "true")],
    name,
    asked.get("year"),
    ORDERS[asked.get("ordering")],
  ];
  return known.find(Boolean) ?? "New films";
}

/** Whether the list has an order of its own, which none of the choices describes. */
export function isOrdered(asked) {
  return ["search", "like", "favorite", "started", "watched", "history"].some((name) => asked.has(name));
}

export function withOrder(asked, ordering) {
  const changed = new URLSearchParams(asked);
  changed.set("ordering", ordering);
  return changed;
}

export function countText(count, one = "film") {
  return count === 1 ? `1 ${one}` : `${count} ${one === "series" ? one : `${one}s`}`;
}
