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
  film.hls?.on("hlsFragLoaded", (_, { networkDetails }) => reports?.viewing.hears(requestId(networkDetails)));
});
on("switch", () => reports?.viewing.switches());
on("error", ({ kind }) => reports?.fail(kind));
on("over", () => {
  removeSource(video);
  reports?.close();
  reports = null;
});

/** Answers of a bucket are not ours to read. */
const isOurs = (url) => new URL(url, location.href).origin === location.origin;

function requestId(details) {
  if (details instanceof XMLHttpRequest) return isOurs(details.responseURL) ? details.getResponseHeader("X-Request-ID") : null;
  return details && isOurs(details.url) ? details.headers.get("X-Request-ID") : null;
}

const film = () => ({ ...now, title: $("#title").textContent });
startElsewhere();
offerAirPlay(video, $("#airplay"), film);
if ($("#cast").dataset.enabled) offerCast(video, $("#cast"), film);
