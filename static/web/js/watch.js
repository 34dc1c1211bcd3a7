/** `/watch/<id>/`: one film, played. */

import { ApiError, keepSessionFresh, leaveForLogin, refresh, send } from "./api.js";
import { $, show, toast } from "./dom.js";
import * as films from "./films.js";
import { startControls, end, play } from "./player/controls.js";
import { startKeyboard } from "./player/keyboard.js";
import { loadStoryboard, startPreviews } from "./player/previews.js";
import { Quality } from "./player/quality.js";
import { keepPosition } from "./player/resume.js";
import { load } from "./player/stream.js";
import { Languages, Subtitles } from "./player/tracks.js";
import { clock, length } from "./time.js";

const STATUS_EVERY = 3000;
const player = $("#player");
const video = $("#video");
const id = Number(player.dataset.video);
let storyboard = [];

const TROUBLE = {
  missing: ["This film is not here", "It was taken out of the collection, or it is not ready to be watched yet."],
  network: ["The connection was lost", "We will go on where you were as soon as the server answers again."],
  server: ["The server has a problem", "Please try again in a moment."],
  format: ["This film cannot be played here", "Your browser could not decode it. Another browser may do better."],
};

async function start() {
  if (document.body.dataset.session === "none") return leaveForLogin();
  try {
    if (document.body.dataset.session === "refresh" && !(await refresh())) return leaveForLogin();
    const film = await films.film(id);
    describe(film);
    run(film.position);
    keepSessionFresh();
    followEncoding();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.isSessionOver) return leaveForLogin();
    fail({ 0: "network", 404: "missing" }[error.status] ?? "server");
  }
}

function describe(film) {
  document.title = `${film.title} – Videoflix`;
  $("#title").textContent = film.title;
  $("#facts").textContent = [film.category, length(film.duration)].filter(Boolean).join(" · ");
  $("#description").textContent = film.description;
  if (film.thumbnail_url) video.poster = film.thumbnail_url;
}

function run(startAt) {
  const controls = startControls(player, video);
  const menus = {};
  const hls = load(video, films.masterUrl(id), {
    startAt,
    on: {
      levels: (levels) => menus.quality.fill(levels),
      level: (index) => menus.quality.show(index),
      subtitles: (tracks) => menus.subtitles.fill(tracks),
      audio: (tracks) => menus.languages.fill(tracks),
      renewed: () => menus.quality.insist(),
      trouble: fail,
    },
  });
  if (hls) Object.assign(menus, { quality: new Quality(hls), subtitles: new Subtitles(hls), languages: new Languages(hls) });
  startKeyboard({ ...controls, captions: () => menus.subtitles?.toggle() });
  startPreviews($("#seek"), () => end(video), () => storyboard);
  keepPosition(id, video, startAt);
  if (startAt > 0) toast(`Going on at ${clock(startAt)}. Press 0 to start over.`);
  play(video);
}

/** Say how far the encoder is, until it is done; then fetch the pictures for the seek bar. */
async function followEncoding() {
  const state = await films.status(id).catch(() => null);
  const isEncoding = state !== null && films.isEncoding(state);
  const note = $("#encoding");
  if (isEncoding) note.textContent = `Still encoding, ${Math.floor(state.progress)} % – ready up to ${clock(end(video))}`;
  show(note, isEncoding);
  if (isEncoding || state === null) setTimeout(followEncoding, STATUS_EVERY);
  else storyboard = await loadStoryboard(films.storyboardUrl(id));
}

function fail(kind) {
  if (kind === "session") return leaveForLogin();
  const [title, text] = TROUBLE[kind];
  $("#trouble-title").textContent = title;
  $("#trouble-text").textContent = text;
  show($("#trouble"));
  show($("#trouble-retry"), kind !== "missing");
  player.classList.add("troubled");
  show($("#spinner"), false);
  $(".button:not([hidden])", $("#trouble")).focus();
  if (kind === "network") goOnWhenBack();
}

async function goOnWhenBack() {
  try {
    await send("/healthz/");
    location.reload();
  } catch {
    setTimeout(goOnWhenBack, STATUS_EVERY);
  }
}

$("#trouble-retry").addEventListener("click", () => location.reload());
start();
