/** Suggestions under the search field, for fingers, keys and screen readers. */

import { ApiError } from "./api.js";
import { $, $$, show } from "./dom.js";
import { filmUrl, listUrl, seriesUrl, suggestions } from "./films.js";
import { inContext, t } from "./language.js";

const PAUSE_IN_TYPING = 150;
const kinds = () => ({ film: t("Film"), series: inContext("one", "Series"), tag: t("Tag"), person: t("Person"), category: t("Category") });

export function startSuggestions() {
  const field = $("#q");
  const box = $("#suggestions");
  let running = null;
  let timer;
  field.value = new URLSearchParams(location.search).get("search") ?? "";

  async function update() {
    running?.abort();
    running = new AbortController();
    const typed = field.value.trim();
    try {
      fill(field, box, typed ? await suggestions(typed, running.signal) : []);
    } catch (error) {
      // Without suggestions one searches all the same.
      if (error.name !== "AbortError" && !(error instanceof ApiError)) throw error;
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE_IN_TYPING);
  });
  field.addEventListener("keydown", (event) => onKey(event, field, box));
  field.addEventListener("blur", () => setTimeout(() => fill(field, box, []), 200));
  $("#search").addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!field.value.trim()) event.preventDefault();
  });
}

/** Where a suggestion leads. */
export function addressOf({ kind, id, text }) {
  if (kind === "film") return filmUrl(id);
  if (kind === "series") return seriesUrl(id);
  if (kind === "person") return listUrl({ search: text });
  return listUrl({ [kind]: id });
}

function fill(field, box, found) {
  box.replaceChildren(...found.map(option));
  show(box, found.length > 0);
  field.setAttribute("aria-expanded", found.length > 0);
  field.removeAttribute("aria-activedescendant");
}

function option(suggestion, place) {
  const item = document.createElement("li");
  item.id = `suggestion-${place}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.href = addressOf(suggestion);
  const kind = document.createElement("span");
  kind.textContent = kinds()[suggestion.kind];
  item.append(`${suggestion.text} `, kind);
  item.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  item.addEventListener("click", () => location.assign(item.dataset.href));
  return item;
}

function onKey(event, field, box) {
  const options = $$("li", box);
  const at = options.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const actions = {
    ArrowDown: () => choose(field, options, (at + 1) % options.length),
    ArrowUp: () => choose(field, options, (Math.max(at, 0) - 1 + options.length) % options.length),
    Escape: () => fill(field, box, []),
    ...(at >= 0 && { Enter: () => location.assign(options[at].dataset.href) }),
  };
  if (!options.length || !actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
}

function choose(field, options, place) {
  options.forEach((item, index) => item.setAttribute("aria-selected", index === place));
  field.setAttribute("aria-activedescendant", options[place].id);
  options[place].scrollIntoView({ block: "nearest" });
}
