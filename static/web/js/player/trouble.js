/** Trouble in words: a line under the spinner while there is hope, a box when there is none. */

import { $, show } from "../dom.js";
import { mark, t } from "../language.js";

const PATIENCE = 5000;
const LOOK_AGAIN = 1000;

/** Why nothing arrives, and what happens next. */
export const DELAY = {
  offline: mark("You are offline. The film goes on by itself when you are back online."),
  slow: mark("Your connection is slow right now. The film goes on as soon as enough of it has arrived."),
  network: mark("The server cannot be reached. We keep trying, and the film goes on by itself."),
  server: mark("The server has a problem. We keep trying, and the film goes on by itself."),
  missing: mark("A part of this film is missing on the server. We keep trying; you can also skip ahead."),
};

export const TROUBLE = {
  missing: [mark("This film is not here"), mark("It was removed, or it is not ready to be watched yet.")],
  network: [mark("The connection was lost"), mark("The film goes on where you were as soon as the server answers again.")],
  server: [mark("The server has a problem"), mark("The film goes on where you were as soon as the server is well again.")],
  format: [mark("This film cannot be played here"), mark("Your browser could not decode it. Try another browser.")],
};

/**
 * Say why the film waits when it has waited for five seconds, at once when the browser knows
 * that it is offline. `cause()` is a key of DELAY.
 */
export function explainDelays(video, cause) {
  let timer = null;
  const say = () => {
    showDelay(t(DELAY[cause()]));
    timer = setTimeout(say, LOOK_AGAIN);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = null;
    if (navigator.onLine) showDelay("");
  };
  const wait = () => (timer ??= setTimeout(say, PATIENCE));
  for (const name of ["waiting", "seeking", "loadstart"]) video.addEventListener(name, wait);
  for (const name of ["playing", "seeked", "canplay"]) video.addEventListener(name, stop);
  addEventListener("offline", () => showDelay(t(DELAY.offline)));
  addEventListener("online", () => timer === null && showDelay(""));
  if (!navigator.onLine) showDelay(t(DELAY.offline));
  wait();
}

/** For good: what happened, and the ways out. */
export function showTrouble(player, kind) {
  const [title, text] = TROUBLE[kind];
  $("#trouble-title").textContent = t(title);
  $("#trouble-text").textContent = t(text);
  show($("#trouble"));
  show($("#trouble-retry"), kind !== "missing");
  player.classList.add("troubled");
  show($("#spinner"), false);
  $(".button:not([hidden])", $("#trouble")).focus();
}

function showDelay(text) {
  const element = $("#delay");
  if (element.textContent !== text) element.textContent = text; // else it would be read out again
}
