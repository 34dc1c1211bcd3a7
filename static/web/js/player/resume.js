/** Remembering where a viewer stopped. */

import { savePosition } from "../films.js";

const SAVE_EVERY = 10_000;
const GLANCE = 5; // seconds: who leaves before has not begun

/** Save the position while the film plays, when it stops, and when the page goes away. */
export function keepPosition(id, video, startedAt) {
  let saved = Math.floor(startedAt);
  const save = () => {
    const position = Math.floor(video.currentTime);
    const isGlance = saved === 0 && position < GLANCE;
    if (position === saved || isGlance || video.readyState === 0) return;
    saved = position;
    savePosition(id, position).catch(() => {}); // the next one may get through
  };
  setInterval(() => video.paused || save(), SAVE_EVERY);
  for (const name of ["pause", "ended"]) video.addEventListener(name, save);
  addEventListener("pagehide", save);
}
