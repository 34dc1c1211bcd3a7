/** Pointers over the picture: click, double click, double tap, and controls that fade. */

import { $ } from "../dom.js";

const IDLE_AFTER = 2800;
const DOUBLE_TAP = 350; // milliseconds between two taps

/** Controls fade while a film plays and nobody moves; a tap brings them back. */
export function hideWhenIdle(player, video) {
  let timer;
  const wake = () => {
    player.classList.remove("idle");
    clearTimeout(timer);
    timer = setTimeout(() => {
      const isBusy = video.paused || $(".choices:not([hidden])", player);
      if (!isBusy) player.classList.add("idle");
    }, IDLE_AFTER);
  };
  for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) player.addEventListener(name, wake);
  video.addEventListener("play", wake);
  video.addEventListener("pause", wake);
}

/** A click toggles, a double click fills the screen; a double tap at a side skips. */
export function startGestures(video, { toggle, skip, fullscreen }) {
  let last = null;
  video.addEventListener("pointerup", (event) => {
    if (event.button !== 0) return;
    if (event.pointerType === "mouse") {
      last = null;
      return toggle();
    }
    const tap = { time: event.timeStamp, side: sideOf(event.clientX, video.getBoundingClientRect()) };
    if (isDouble(last, tap)) (tap.side === 0 ? fullscreen : () => skip(10 * tap.side))();
    last = tap;
  });
  video.addEventListener("dblclick", () => {
    if (last === null) fullscreen(); // taps are counted above
  });
}

/** -1 the left third, 1 the right third, 0 between. */
export function sideOf(x, { left, width }) {
  const share = (x - left) / width;
  if (share < 1 / 3) return -1;
  return share > 2 / 3 ? 1 : 0;
}

export function isDouble(first, second) {
  return first !== null && first.side === second.side && second.time - first.time < DOUBLE_TAP;
}

/**
 * A control that was pressed by a pointer gives the focus back: it would take the arrows and
 * the space bar from the player. The keyboard's focus stays where it is.
 */
export function returnFocusAfterPress(player) {
  player.addEventListener("pointerup", ({ target }) => {
    if (target.matches("input[type=range]")) target.blur();
  });
  const giveBack = ({ target, detail }) => {
    const button = target.closest("button.tool, button.big-play");
    if (detail > 0 && button === document.activeElement) button?.blur(); // 0: pressed by a key
  };
  // Before the button acts: a dialog gives the focus back to who had it when it was opened.
  player.addEventListener("click", giveBack, { capture: true });
}
