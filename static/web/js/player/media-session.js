/** The system's own controls: lock screens, headsets, media keys. */

import { categoryName } from "../language.js";

const POSTER_SIZE = "640x360";

/** `actions` are `{skip(seconds), seek(time), next()}`; `length()` is the whole film's. */
export function startMediaSession(video, actions, length) {
  const session = navigator.mediaSession;
  if (!session) return;
  const seconds = ({ seekOffset }) => seekOffset ?? 10;
  const handlers = {
    play: () => video.play().catch(() => {}), // refused: the big button is there
    pause: () => video.pause(),
    stop: () => video.pause(),
    seekbackward: (details) => actions.skip(-seconds(details)),
    seekforward: (details) => actions.skip(seconds(details)),
    seekto: ({ seekTime }) => actions.seek(seekTime),
    nexttrack: () => actions.next(),
  };
  for (const [name, handler] of Object.entries(handlers)) setHandler(session, name, handler);
  for (const name of ["play", "pause", "seeked", "ratechange", "durationchange", "ended"]) {
    video.addEventListener(name, () => showState(session, video, length()));
  }
}

export function showFilm({ title, category, thumbnail_url: poster }) {
  if (!navigator.mediaSession || !globalThis.MediaMetadata) return;
  const artwork = poster ? [{ src: poster, sizes: POSTER_SIZE }] : [];
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist: category ? categoryName(category) : "", artwork });
}

/** `{duration, position, playbackRate}`, or null where the browser would throw for them (w3c/mediasession#303). */
export function positionState({ currentTime, playbackRate }, duration) {
  if (!(Number.isFinite(duration) && duration > 0 && Number.isFinite(currentTime) && playbackRate > 0)) return null;
  return { duration, playbackRate, position: Math.min(Math.max(0, currentTime), duration) };
}

function showState(session, video, length) {
  session.playbackState = video.paused ? "paused" : "playing";
  const state = positionState(video, length);
  if (state) session.setPositionState?.(state);
  else session.setPositionState?.(); // nothing known: without arguments it is cleared
}

/** Browsers throw for the actions that they do not know. */
function setHandler(session, name, handler) {
  try {
    session.setActionHandler(name, handler);
  } catch {
    // Then its key does nothing.
  }
}
