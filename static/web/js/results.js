/** Search results and whole categories, in place of the rows; the address bar follows. */

import { $, show } from "./dom.js";
import * as films from "./films.js";

const PAUSE_IN_TYPING = 250;

export function startResults({ makeCard, onError }) {
  const field = $("#q");
  let running = null;
  let timer;

  async function update() {
    running?.abort();
    running = new AbortController();
    try {
      await showResults(makeCard, giveUp, running.signal);
    } catch (error) {
      giveUp(error);
    }
  }

  function giveUp(error) {
    if (error.name !== "AbortError") onError(error);
  }

  function search() {
    clearTimeout(timer);
    const text = field.value.trim();
    const url = text ? `/?q=${encodeURIComponent(text)}` : "/";
    if (url === location.pathname + location.search) return;
    const isRefining = new URLSearchParams(location.search).has("q");
    history[isRefining ? "replaceState" : "pushState"](null, "", url);
    update();
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_IN_TYPING);
  });
  $("#search").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  addEventListener("popstate", () => {
    field.value = new URLSearchParams(location.search).get("q") ?? "";
    update();
  });
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  update();
}

async function showResults(makeCard, giveUp, signal) {
  const wanted = new URLSearchParams(location.search);
  const [search, category] = [wanted.get("q"), wanted.get("category")];
  const isAsked = Boolean(search || category);
  show($("#home"), !isAsked);
  show($("#results"), isAsked);
  if (!isAsked) return;
  $("#results-title").textContent = search ? `Films for “${search}”` : category;
  $("#results-list").replaceChildren();
  await appendPage({ search, category, page: 1 }, makeCard, giveUp, signal);
}

async function appendPage(query, makeCard, giveUp, signal) {
  const { count, results, next } = await films.find(query, signal);
  $("#results-count").textContent = count === 1 ? "1 film" : `${count} films`;
  const cards = results.map(makeCard);
  $("#results-list").append(...cards);
  if (query.page > 1) cards[0]?.querySelector("a").focus();
  const more = $("#more");
  show(more, Boolean(next));
  more.onclick = () => appendPage({ ...query, page: query.page + 1 }, makeCard, giveUp, signal).catch(giveUp);
}
