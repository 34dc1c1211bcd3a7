/** `/watch/<id>/`: one film, played. */

import { ApiError, send } from "./api.js";
import { facts } from "./catalogue.js";
import { $, show, toast } from "./dom.js";
import * as films from "./films.js";
import { headStart } from "./head-start.js";
import { startControls, play } from "./player/controls.js";
import { flash } from "./player/feedback.js";
import { startKeyboard } from "./player/keyboard.js";
import { loadStoryboard, startPreviews } from "./player/previews.js";
import { Quality } from "./player/quality.js";
import { end } from "./player/range.js";
import { keepPosition } from "./player/resume.js";
import { Speed } from "./player/speed.js";
import { load } from "./player/stream.js";
import { Languages, Subtitles } from "./player/tracks.js";
import { explainDelays, showTrouble } from "./player/trouble.js";
import { keepSessionFresh, leaveForLogin } from "./session.js";
import { clock } from "./time.js";

const STATUS_EVERY = 3000;
const player = $("#player");
const video = $("#video");
const { id } = headStart;
let storyboard = [];

async function start() {
  try {
    if (!(await headStart.isSignedIn)) return leaveForLogin();
    const film = await headStart.film;
    describe(film);
    const variant = await headStart.variant;
    await headStart.hlsScript;
    run(film.position, variant);
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
  $("#facts").textContent = facts(film);
  $("#description").textContent = film.description;
}

function run(startAt, variant) {
  const controls = startControls(player, video);
  const menus = loadFilm(startAt, variant);
  const speed = new Speed(video);
  startKeyboard({
    ...controls,
    captions: () => flash(menus.subtitles?.toggle()),
    faster: (direction) => flash(speed.step(direction)),
    help: () => $("#help").showModal(),
  });
  $("#help-button").addEventListener("click", () => $("#help").showModal());
  startPreviews($("#seek"), () => end(video), () => storyboard);
  keepPosition(id, video, startAt);
  if (startAt > 0) toast(`Resuming at ${clock(startAt)}`);
  play(video);
}

/** Load the film and fill the menus as its choices become known. */
function loadFilm(startAt, variant) {
  const menus = {};
  const { hls, cause } = load(video, films.masterUrl(id), {
    ...headStart,
    variant,
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
  explainDelays(video, cause);
  return menus;
}

/** Say that the rest is still coming, until all is there; then fetch the pictures for the seek bar. */
async function followEncoding() {
  const state = await films.status(id).catch(() => null);
  const isEncoding = state !== null && films.isEncoding(state);
  const note = $("#encoding");
  if (isEncoding) note.textContent = `Ready up to ${clock(end(video))} – the rest is being prepared`;
  show(note, isEncoding);
  if (isEncoding || state === null) setTimeout(followEncoding, STATUS_EVERY);
  else storyboard = await loadStoryboard(films.storyboardUrl(id));
}

function fail(kind) {
  if (kind === "session") return leaveForLogin();
  showTrouble(player, kind);
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
