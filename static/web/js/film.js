/** `/film/<id>/`: all about one film. */

import { row, showFavourite, showPoster } from "./cards.js";
import { episodeTitle, facts, watchedPercent } from "./catalogue.js";
import { $, show, toast } from "./dom.js";
import { startElsewhere } from "./elsewhere.js";
import * as films from "./films.js";
import { categoryName, t } from "./language.js";
import { link } from "./links.js";
import { known, makeCard, startPage, tell, toggleFavourite } from "./page.js";
import { takePlace } from "./session.js";
import { clock } from "./time.js";

const page = $("#film-page");

async function load() {
  try {
    const film = known(await films.film(page.dataset.film));
    showFilm(film);
    page.removeAttribute("aria-busy");
    await showSimilar(film);
  } catch (error) {
    if (error.status !== 404) throw error;
    show(page, false);
    show($("#missing"));
  }
}

function showFilm(film) {
  document.title = `${film.title} – Videoflix`;
  $("#film-title").textContent = film.title;
  $("#film-facts").textContent = facts(film) || "\u00a0";
  $("#film-description").textContent = film.description;
  showPoster($("#film-picture"), film);
  showSeries(film);
  showPlay(film);
  showMarks(film);
  $("#film-details").replaceChildren(...details(film).flatMap(detail));
  showChapters(film);
  showNext(film);
}

function showSeries({ series, season, episode }) {
  const anchor = $("#film-series");
  show(anchor, Boolean(series));
  if (!series) return;
  anchor.href = films.seriesUrl(series.id);
  anchor.textContent = [series.title, episodeTitle({ season, episode })].filter(Boolean).join(" · ");
}

function showPlay(film) {
  const isBegun = film.position > 0;
  $("#play").href = films.watchUrl(film.id);
  $("#play span").textContent = isBegun ? t("Resume at %(time)s", { time: clock(film.position) }) : t("Play");
  $("#from-start").href = `${films.watchUrl(film.id)}?t=0`;
  show($("#from-start"), isBegun);
  const bar = $("#film-progress");
  bar.value = watchedPercent(film);
  bar.setAttribute("aria-label", t("Watched"));
  show(bar, isBegun);
}

function showMarks(film) {
  const [favourite, watched] = [$("#favourite"), $("#watched")];
  favourite.dataset.film = film.id;
  favourite.onclick = () => toggleFavourite(film);
  showFavourite(favourite, film);
  watched.setAttribute("aria-pressed", film.is_watched);
  watched.onclick = () => toggleWatched(film);
  $("#share").onclick = () => share(film);
}

async function toggleWatched(film) {
  try {
    const { is_watched: isWatched } = await films.setWatched(film.id, !film.is_watched);
    Object.assign(film, { is_watched: isWatched, position: 0 });
    showPlay(film);
    showMarks(film);
    toast(isWatched ? t("Marked as watched") : t("Marked as not watched"));
  } catch (error) {
    tell(error);
  }
}

/** By the device's own sheet where there is one, else into the clipboard. */
async function share(film) {
  const url = film.share_url;
  try {
    if (navigator.share) await navigator.share({ title: film.title, url });
    else {
      await navigator.clipboard.writeText(url);
      toast(t("Link copied"));
    }
  } catch (error) {
    if (error.name !== "AbortError") toast(url); // neither is allowed here: it can be typed
  }
}

/** `[term, links or text]` of what is known. */
function details(film) {
  const named = (tracks) => tracks.map(({ name, language }) => name || language).filter((name) => name !== "und").join(", ");
  return [
    [t("Category"), [link(films.listUrl({ category: film.category }), categoryName(film.category))]],
    [t("Year"), film.year ? [link(films.listUrl({ year: film.year }), String(film.year))] : ""],
    [t("People"), film.people.map(({ name }) => link(films.listUrl({ search: name }), name))],
    [t("Tags"), film.tags.map(({ id, name }) => link(films.listUrl({ tag: id }), name))],
    [t("Languages"), named(film.audio_languages)],
    [t("Subtitles"), named(film.subtitles)],
  ].filter(([, value]) => value.length);
}

function detail([term, value]) {
  const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
  dt.textContent = term;
  if (typeof value === "string") dd.textContent = value;
  else value.forEach((anchor, place) => dd.append(place ? ", " : "", anchor));
  return [dt, dd];
}

function showChapters({ id, chapters }) {
  const items = chapters.map(({ seconds, title }, place) => {
    const item = document.createElement("li");
    item.append(link(`${films.watchUrl(id)}?t=${seconds}`, `${clock(seconds)} ${title || t("Chapter %(number)s", { number: place + 1 })}`));
    return item;
  });
  $("#chapters").replaceChildren(...items);
  show($("#chapter-section"), items.length > 0);
}

function showNext({ next }) {
  const anchor = $("#next");
  show(anchor, Boolean(next));
  if (!next) return;
  anchor.href = films.filmUrl(next.id);
  anchor.textContent = t("Next: %(title)s", { title: next.title });
}

async function showSimilar(film) {
  const { results } = await films.like(film.id);
  if (!results.length) return;
  $("#like").replaceChildren(row(t("More like this"), films.listUrl({ like: film.id }), results.map((other) => makeCard(other))));
}

takePlace(); // whoever signed in with a provider was led back by its address
startElsewhere();
startPage(load);
