/** `/series/<id>/`: its films by season, and which of them to watch now. */

import { episodeTitle, seasonTitle, seasons } from "./catalogue.js";
import { $, show } from "./dom.js";
import * as films from "./films.js";
import { t } from "./language.js";
import { makeCard, startPage } from "./page.js";

async function load() {
  const page = $("#series");
  try {
    showSeries(await films.series(page.dataset.series));
  } catch (error) {
    if (error.status !== 404) throw error;
    show(page, false);
    show($("#missing"));
  }
  page.removeAttribute("aria-busy");
}

function showSeries({ title, description, next, videos }) {
  document.title = `${title} – Videoflix`;
  $("#series-title").textContent = title;
  $("#series-description").textContent = description;
  const film = videos.find(({ id }) => id === next);
  if (film) showPlay(film);
  $("#seasons").replaceChildren(...seasons(videos).flatMap(showSeason));
}

function showPlay(film) {
  const play = $("#series-play");
  play.href = films.watchUrl(film.id);
  const what = episodeTitle(film) || film.title;
  $("span", play).textContent = film.position > 0 ? t("Resume %(what)s", { what }) : t("Play %(what)s", { what });
  show(play);
}

function showSeason([season, videos]) {
  const list = document.createElement("ul");
  list.className = "grid";
  list.setAttribute("role", "list");
  list.append(...videos.map((film) => makeCard(film)));
  const heading = document.createElement("h2");
  heading.textContent = seasonTitle(season) || t("Films");
  return [heading, list];
}

startPage(load);
