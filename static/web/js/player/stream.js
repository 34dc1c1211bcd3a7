/** Loading a film into a <video>: hls.js where it runs, the browser's own HLS elsewhere. */

import { refresh } from "../api.js";
import { remember } from "../store.js";
import { loaderWith } from "./ahead.js";
import { levelName } from "./choices.js";
import { rateToRemember } from "./first.js";
import { keepToWhatIsThere } from "./growing.js";
import { causeOf, decide } from "./recovery.js";
import { RATE } from "./remembered.js";

/**
 * Load the film and keep it going. `on.levels/level/audio/subtitles/renewed/trouble` are called
 * when something changes. `ahead`, `rate` and `variant` are what `prepare` found; `signal` ends it all
 * for another film. `hls` is null where the browser itself plays HLS and offers no choices; `cause()` says why nothing arrives.
 */
export function load(video, url, { startAt, isGrowing, on, ahead, rate, variant, signal }) {
  const { Hls } = globalThis;
  if (!Hls?.isSupported()) {
    loadNatively(video, url, { startAt, on, signal });
    return { hls: null, cause: () => causeOf(null, navigator.onLine) };
  }
  const hls = new Hls({
    startPosition: startAt,
    loader: loaderWith(ahead, Hls.DefaultConfig.loader),
    ...(rate && { abrEwmaDefaultEstimate: rate }),
    capLevelToPlayerSize: true,
    backBufferLength: 60,
    maxBufferLength: 30,
    renderTextTracksNatively: true,
    preserveManualLevelOnError: true, // else the viewer's choice is lost where a session is renewed
  });
  showPartOfFirstSegment(hls);
  report(hls, on, variant);
  rememberRate(hls, signal);
  const cause = recoverFromErrors(hls, on, signal);
  if (isGrowing) keepToWhatIsThere(hls, video, /\d+/.exec(url)[0]);
  hls.loadSource(url);
  hls.attachMedia(video);
  return { hls, cause };
}

/** The first picture is at its beginning; hls.js leaves it to loaders of its own to pass on pieces. */
function showPartOfFirstSegment(hls) {
  hls.config.progressive = true;
  hls.once(hls.constructor.Events.FRAG_LOADED, () => (hls.config.progressive = false));
}

function report(hls, on, variant) {
  const { Events } = hls.constructor;
  hls.on(Events.MANIFEST_PARSED, () => {
    const begun = hls.levels.findIndex(({ url }) => url[0] === variant?.url);
    // The master lists first what suits most; hls.js by itself begins with the poorest picture.
    hls.startLevel = begun >= 0 ? begun : hls.firstLevel;
    on.levels(hls.levels);
  });
  hls.on(Events.LEVEL_SWITCHED, (_, { level }) => on.level(level, levelName(hls.levels[level])));
  hls.on(Events.AUDIO_TRACKS_UPDATED, () => on.audio(hls.audioTracks));
  hls.on(Events.SUBTITLE_TRACKS_UPDATED, () => on.subtitles(hls.subtitleTracks));
}

/** For the start of the next film. */
function rememberRate(hls, signal) {
  const note = () => hls.bandwidthEstimate > 0 && remember(RATE, rateToRemember(hls.bandwidthEstimate));
  addEventListener("pagehide", note, { signal });
  signal.addEventListener("abort", note);
}

function loadNatively(video, url, { startAt, on, signal }) {
  video.addEventListener("error", () => on.trouble(video.error?.code === 2 ? "network" : "format"), { signal });
  video.addEventListener("loadedmetadata", () => (video.currentTime = Math.max(startAt, 0)), { once: true, signal });
  video.src = url;
}

/** Act on errors; the result says why nothing arrives. */
function recoverFromErrors(hls, on, signal) {
  const { Events } = hls.constructor;
  let recoveries = 0;
  let last = null;
  let renewal = null; // picture, sound and subtitles are refused at the same moment
  hls.on(Events.FRAG_LOADED, () => (last = null));
  hls.on(Events.FRAG_BUFFERED, () => (recoveries = 0));
  hls.on(Events.ERROR, (_, { fatal, type, details, response }) => {
    const error = { fatal, type, details, status: response?.code ?? 0 };
    if (type === "networkError") last = error;
    const decision = decide(error, recoveries);
    if (decision.action === "wait" || (decision.action === "renew" && renewal)) return;
    recoveries += 1;
    if (decision.action === "renew") renewal = renew(hls, on).finally(() => (renewal = null));
    else act(decision, hls, on);
  });
  addEventListener("online", () => last && restart(hls), { signal }); // sooner than at the end of a pause
  return () => causeOf(last, navigator.onLine);
}

function act({ action, pause, trouble }, hls, on) {
  if (action === "stop") on.trouble(trouble);
  if (action === "recover") hls.recoverMediaError();
  if (action === "retry") setTimeout(restart, pause, hls);
}

/** A 401 is answered with fresh cookies. */
async function renew(hls, on) {
  const isRenewed = await refresh().catch(() => null); // null: nobody could say
  if (isRenewed === false) return on.trouble("session");
  restart(hls);
  if (isRenewed) on.renewed();
}

function restart(hls) {
  if (hls.levels.length) hls.startLoad();
  else hls.loadSource(hls.url);
}
