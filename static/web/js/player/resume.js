/** Remembering where a viewer stopped. */

import { savePosition } from "../films.js";

const SAVE_EVERY = 10_000;
const GLANCE = 5; // seconds: who leaves before has not begun

/** Whether that position is worth saving after `saved`. */
export function isNews(position, saved) {
  const isGlance = saved === 0 && position < GLANCE;
  return position !== saved && !isGlance;
}

/** Save the position while the film plays, when it stops, and when the page goes away; until `signal`. */
export function keepPosition(id, video, startedAt, signal) {
  let saved = Math.floor(startedAt);
  const save = () => {
    const position = Math.floor(video.currentTime);
    if (video.readyState === 0 || !isNews(position, saved)) return;
    saved = position;
    savePosition(id, position).catch(() => {}); // the next one may get through
  };
  const timer = setInterval(() => video.paused || save(), SAVE_EVERY);
  for (const name of ["pause", "ended"]) video.addEventListener(name, save, { signal });
  addEventListener("pagehide", save, { signal });
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    save();
  });
}
