/** Search results and whole categories, in place of the rows; the address bar follows. */

import { $, show } from "./dom.js";
import * as films from "./films.js";
import { countText, isAsked, readQuery, searchUrl, titleFor } from "./query.js";

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
    const url = searchUrl(field.value, location.pathname + location.search);
    if (url === null) return;
    const isRefining = readQuery(location.search).search !== "";
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
    field.value = readQuery(location.search).search;
    update();
  });
  field.value = readQuery(location.search).search;
  update();
}

async function showResults(makeCard, giveUp, signal) {
  const query = readQuery(location.search);
  show($("#home"), !isAsked(query));
  show($("#results"), isAsked(query));
  if (!isAsked(query)) return;
  $("#results-title").textContent = titleFor(query);
  $("#results-list").replaceChildren();
  await appendPage({ ...query, page: 1 }, makeCard, giveUp, signal);
}

async function appendPage(query, makeCard, giveUp, signal) {
  const { count, results, next } = await films.find(query, signal);
  $("#results-count").textContent = countText(count);
  const cards = results.map(makeCard);
  $("#results-list").append(...cards);
  if (query.page > 1) cards[0]?.querySelector("a").focus();
  const more = $("#more");
  show(more, Boolean(next));
  more.onclick = () => appendPage({ ...query, page: query.page + 1 }, makeCard, giveUp, signal).catch(giveUp);
}
