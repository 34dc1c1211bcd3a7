/** Play, pause and seek: the controls around a <video>. */

import { $, show } from "../dom.js";
import { clock, spoken } from "../time.js";
import { flash, skipText } from "./feedback.js";
import { hideWhenIdle, returnFocusAfterPress, startGestures } from "./gestures.js";
import { end, loadedUpTo, percent, within } from "./range.js";
import { startScreen, toggleFullscreen } from "./screen.js";
import { setVolume, startVolume, toggleMute, volumeText } from "./volume.js";

/** Start them; the result holds what the keyboard may do. */
export function startControls(player, video) {
  const actions = actionsOn(player, video);
  const seek = $("#seek");
  for (const id of ["#play", "#big-play"]) $(id).addEventListener("click", () => toggle(video));
  $("#back").addEventListener("click", () => actions.skip(-10));
  $("#forward").addEventListener("click", () => actions.skip(10));
  seek.addEventListener("input", () => seekTo(video, Number(seek.value)));
  startVolume(player, video);
  startScreen(player, video);
  reflect(player, video, seek);
  showWaiting(player, true); // until the film is there
  hideWhenIdle(player, video);
  startGestures(video, { ...actions, toggle: () => toggle(video) });
  returnFocusAfterPress(player);
  return actions;
}

/** What keys and gestures do; each says on the screen what it did. */
function actionsOn(player, video) {
  return {
    toggle() {
      toggle(video);
      flash(video.paused ? "Paused" : "Playing");
    },
    skip(seconds) {
      seekTo(video, video.currentTime + seconds);
      flash(skipText(seconds));
    },
    jump(share) {
      seekTo(video, share * end(video));
      flash(clock(video.currentTime));
    },
    louder(step) {
      setVolume(video, video.volume + step);
      flash(volumeText(video));
    },
    mute() {
      toggleMute(video);
      flash(volumeText(video));
    },
    fullscreen: () => toggleFullscreen(player, video),
  };
}

export function play(video) {
  // A browser may refuse to start with sound by itself; then the big button stays.
  return video.play().catch((error) => {
    if (error.name !== "NotAllowedError" && error.name !== "AbortError") throw error;
  });
}

function toggle(video) {
  if (video.paused) play(video);
  else video.pause();
}

function seekTo(video, time) {
  video.currentTime = within(video, time);
}

/** Show what the video does in the controls. */
function reflect(player, video, seek) {
  const listen = (names, action) => names.split(" ").forEach((name) => video.addEventListener(name, action));
  listen("play pause ended", () => {
    player.classList.toggle("paused", video.paused);
    $("#play").setAttribute("aria-label", video.paused ? "Play" : "Pause");
  });
  listen("timeupdate durationchange seeking progress", () => showPosition(video, seek));
  listen("waiting seeking", () => showWaiting(player, true));
  listen("playing seeked canplay error", () => showWaiting(player, false));
}

function showWaiting(player, isWaiting) {
  player.classList.toggle("waiting", isWaiting);
  show($("#spinner"), isWaiting);
}

function showPosition(video, seek) {
  const last = end(video);
  seek.max = last;
  seek.value = video.currentTime;
  seek.style.setProperty("--at", percent(video.currentTime, last));
  seek.style.setProperty("--loaded", percent(loadedUpTo(video), last));
  seek.setAttribute("aria-valuetext", `${spoken(video.currentTime)} of ${spoken(last)}`);
  $("#now").textContent = clock(video.currentTime);
  $("#length").textContent = clock(last);
}
