/** Loading a film into a <video>: hls.js where it runs, the browser's own HLS elsewhere. */

import { refresh } from "../api.js";

const { Hls } = window;
const MAX_RECOVERIES = 4; // in a row, without a segment in between

/**
 * Load the film and keep it going. `on.levels/level/audio/subtitles/renewed/trouble` are called
 * when something changes. Returns `null` where the browser itself plays HLS and offers no choices.
 */
export function load(video, url, { startAt, on }) {
  if (!Hls?.isSupported()) {
    loadNatively(video, url, { startAt, on });
    return null;
  }
  const hls = new Hls({
    startPosition: startAt,
    capLevelToPlayerSize: true,
    backBufferLength: 60,
    maxBufferLength: 30,
    renderTextTracksNatively: true,
    preserveManualLevelOnError: true, // else the viewer's choice is lost where a session is renewed
  });
  const { Events } = Hls;
  hls.on(Events.MANIFEST_PARSED, () => {
    // The master lists first what suits most; hls.js by itself begins with the poorest picture.
    if (!isSlow()) hls.startLevel = hls.firstLevel;
    on.levels(hls.levels);
  });
  hls.on(Events.LEVEL_SWITCHED, (_, { level }) => on.level(level));
  hls.on(Events.AUDIO_TRACKS_UPDATED, () => on.audio(hls.audioTracks));
  hls.on(Events.SUBTITLE_TRACKS_UPDATED, () => on.subtitles(hls.subtitleTracks));
  recoverFromErrors(hls, on);
  hls.loadSource(url);
  hls.attachMedia(video);
  return hls;
}

/** As far as the browser says; not every one does. */
function isSlow() {
  const { effectiveType = "4g", saveData = false } = navigator.connection ?? {};
  return effectiveType !== "4g" || saveData;
}

function loadNatively(video, url, { startAt, on }) {
  video.addEventListener("error", () => on.trouble(video.error?.code === 2 ? "network" : "format"));
  video.addEventListener("loadedmetadata", () => (video.currentTime = Math.max(startAt, 0)), { once: true });
  video.src = url;
}

/** A 401 is answered with fresh cookies, a lost connection by trying again, with patience. */
function recoverFromErrors(hls, on) {
  const { Events, ErrorTypes } = window.Hls;
  let recoveries = 0;
  hls.on(Events.FRAG_BUFFERED, () => (recoveries = 0));
  hls.on(Events.ERROR, async (_, data) => {
    const status = data.response?.code;
    if (status === 401) {
      if (recoveries++ >= MAX_RECOVERIES || !(await refreshed())) return on.trouble("session");
      restart(hls);
      return on.renewed();
    }
    if (!data.fatal) return;
    if (status === 404) return on.trouble("missing");
    if (recoveries++ >= MAX_RECOVERIES) return on.trouble(kindOf(data));
    if (data.type === ErrorTypes.MEDIA_ERROR) return hls.recoverMediaError();
    if (data.type === ErrorTypes.NETWORK_ERROR) return setTimeout(restart, 1000 * recoveries, hls);
    on.trouble("format");
  });
}

function kindOf({ type, response }) {
  if (type === window.Hls.ErrorTypes.MEDIA_ERROR) return "format";
  return response?.code >= 500 ? "server" : "network";
}

async function refreshed() {
  return refresh().catch(() => false);
}

function restart(hls) {
  if (hls.levels.length) hls.startLoad();
  else hls.loadSource(hls.url);
}
