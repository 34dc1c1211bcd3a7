/** What goes on beside the player: reports of how it plays, and other devices. */

import { $ } from "../dom.js";
import { startElsewhere } from "../elsewhere.js";
import { offerAirPlay, removeSource } from "./airplay.js";
import { offerCast } from "./cast.js";
import { watching } from "./events.js";
import { reportPlayback } from "./report.js";

const video = $("#video");
const elsewhere = $("#elsewhere-tool");
let now = {};
let reports = null;

const on = (name, does) => watching.addEventListener(name, ({ detail }) => does(detail));

on("film", (film) => {
  now = film;
  elsewhere.dataset.elsewhere = film.id;
  reports?.close();
  reports = reportPlayback(video, film.id);
  // Errors too: the answer that stopped a film is the one to look for in our log.
  for (const name of ["hlsFragLoaded", "hlsError"]) {
    film.hls?.on(name, (_, { networkDetails }) => reports?.viewing.hears(requestId(networkDetails)));
  }
});
on("switch", () => reports?.viewing.switches());
// A little later: the player hears of the error first, and here it is not yet known which answer it was.
on("error", ({ kind }) => queueMicrotask(() => reports?.fail(kind)));
on("over", () => {
  removeSource(video);
  reports?.close();
  reports = null;
});

/** Answers of a bucket are not ours to read, and there is none where nobody answered. */
const isOurs = (url) => Boolean(url) && new URL(url, location.href).origin === location.origin;

function requestId(details) {
  if (details instanceof XMLHttpRequest) return isOurs(details.responseURL) ? details.getResponseHeader("X-Request-ID") : null;
  return details instanceof Response && isOurs(details.url) ? details.headers.get("X-Request-ID") : null;
}

const film = () => ({ ...now, title: $("#title").textContent });
startElsewhere();
offerAirPlay(video, $("#airplay"), film);
if ($("#cast").dataset.enabled) offerCast(video, $("#cast"), film);
