/** Remembering where a viewer stopped. */

import { savePosition } from "../films.js";

const SAVE_EVERY = 10_000;

/** Save the position while the film plays, when it stops, and when the page goes away. */
export function keepPosition(id, video) {
  let saved = null;
  const save = () => {
    const position = Math.floor(video.currentTime);
    if (position === saved || video.readyState === 0) return;
    saved = position;
    savePosition(id, position, video.duration);
  };
  setInterval(() => video.paused || save(), SAVE_EVERY);
  for (const name of ["pause", "ended"]) video.addEventListener(name, save);
  addEventListener("pagehide", save);
}
