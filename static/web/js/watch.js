/** `/watch/<id>/`: one film after the other, played. */

import { ApiError, request } from "./api.js";
import { facts } from "./catalogue.js";
import { $, show, toast } from "./dom.js";
import * as films from "./films.js";
import { headStart, isSignedIn, scripts } from "./head-start.js";
import { t } from "./language.js";
import { alike, startAfterwards } from "./player/afterwards.js";
import { startSkipping } from "./player/chapters.js";
import { play, startControls } from "./player/controls.js";
import { flash } from "./player/feedback.js";
import { startKeyboard } from "./player/keyboard.js";
import { startLook } from "./player/look.js";
import * as mediaSession from "./player/media-session.js";
import { Preferences } from "./player/preferences.js";
import { prepare } from "./player/prepare.js";
import "./player/beside.js";
import { startPreviews } from "./player/previews.js";
import { Quality } from "./player/quality.js";
import { Showing } from "./player/showing.js";
import { Speed } from "./player/speed.js";
import { Languages, Subtitles } from "./player/tracks.js";
import { explainDelays, showTrouble } from "./player/trouble.js";
import { keepSessionFresh, leaveForLogin } from "./session.js";
import { clock } from "./time.js";

const ASK_AGAIN = 3000;
const player = $("#player");
const video = $("#video");
const menus = {};
let showing = null;

async function start() {
  try {
    if (!(await isSignedIn)) return leaveForLogin();
    const { preferences } = await headStart.film;
    setUp(new Preferences(preferences));
    await present(headStart);
    keepSessionFresh();
  } catch (error) {
    explain(error);
  }
}

/** What all films share. */
function setUp(preferences) {
  const controls = startControls(player, video, () => showing?.length ?? 0);
  Object.assign(menus, { quality: new Quality(), subtitles: new Subtitles(preferences), languages: new Languages(preferences) });
  const speed = new Speed(video);
  startLook(player, preferences);
  for (const name of ["pagehide", "online"]) addEventListener(name, () => preferences.send());
  const actions = {
    ...controls,
    captions: () => flash(menus.subtitles.toggle()),
    faster: (direction) => flash(speed.step(direction)),
    help: () => $("#help").showModal(),
    next: () => (showing?.film.next ? playNext(showing.film.next) : flash(t("There is no next episode"))),
  };
  startKeyboard(actions);
  mediaSession.startMediaSession(video, actions, () => showing?.length ?? 0);
  for (const id of ["#help-button", "#help-tool"]) $(id).addEventListener("click", actions.help);
  startPreviews($("#seek"), () => showing);
  startSkipping(video, () => showing?.chapters ?? [], controls.seek);
  explainDelays(video, () => showing?.cause ?? "slow");
  startAfterwards(player, video, { film: () => showing.film, more: moreLike, playNext, replay: controls.replay, preferences });
  video.addEventListener("ended", () => show($("#watched")));
}

/** Put a film into the player, instead of the one that is there. */
async function present(prepared) {
  const [film, variant] = [await prepared.film, await prepared.variant];
  if (!(await prepared.hlsScript)) return fail("network");
  showing?.stop();
  describe(film);
  showing = new Showing(video, film, { prepared, variant, menus, onTrouble: fail });
  if (film.position > 0) toast(t("Resuming at %(time)s", { time: clock(film.position) }));
  await showing.canBegin;
  play(video);
}

function describe(film) {
  document.title = `${film.title} – Videoflix`;
  $("#title").textContent = film.title;
  $("#facts").textContent = facts(film);
  $("#description").textContent = film.description;
  show($("#watched"), film.is_watched);
  mediaSession.showFilm(film);
}

/** In the same page and element: another page would have to be allowed to play, and not be full screen. */
async function playNext({ id }) {
  history.pushState(null, "", films.watchUrl(id));
  try {
    await present(prepare(id, scripts, Promise.resolve(true)));
  } catch (error) {
    explain(error);
  }
}

async function moreLike(film) {
  const found = await films.like(film.id).catch(() => ({ results: [] }));
  return alike(found.results, film);
}

function explain(error) {
  if (!(error instanceof ApiError)) throw error;
  if (error.isSessionOver) return leaveForLogin();
  fail({ 0: "network", 404: "missing" }[error.status] ?? "server");
}

function fail(kind) {
  if (kind === "session") return leaveForLogin();
  showTrouble(player, kind);
  if (kind === "network" || kind === "server") setTimeout(goOnWhenBack, ASK_AGAIN);
}

/** As soon as the server answers both that this page began with, whatever it says then. */
async function goOnWhenBack() {
  const id = Number(/\d+/.exec(location.pathname)[0]);
  try {
    await Promise.all([films.film(id), request(films.masterUrl(id))]);
  } catch (error) {
    if (error.isTemporary) return setTimeout(goOnWhenBack, ASK_AGAIN);
  }
  return location.reload();
}

addEventListener("popstate", () => location.reload());
$("#trouble-retry").addEventListener("click", () => location.reload());
start();
