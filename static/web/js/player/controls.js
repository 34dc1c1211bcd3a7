/** Play, pause and seek: the controls around a <video>. */

import { $, show } from "../dom.js";
import { t } from "../language.js";
import { clock, spoken } from "../time.js";
import { flash, skipText } from "./feedback.js";
import { hideWhenIdle, returnFocusAfterPress, startGestures } from "./gestures.js";
import { end, loadedUpTo, percent, within } from "./range.js";
import { startScreen, toggleFullscreen } from "./screen.js";
import { setVolume, startVolume, toggleMute, volumeText } from "./volume.js";

/** Start them; the result holds what the keyboard may do. `length()` is the whole film's, in seconds. */
export function startControls(player, video, length) {
  const actions = actionsOn(player, video, length);
  const seek = $("#seek");
  for (const id of ["#play", "#big-play"]) $(id).addEventListener("click", () => toggle(video));
  $("#back").addEventListener("click", () => actions.skip(-10));
  $("#forward").addEventListener("click", () => actions.skip(10));
  seek.addEventListener("input", () => seekTo(video, Number(seek.value)));
  startVolume(player, video);
  startScreen(player, video);
  reflect(player, video, () => showPosition(video, seek, length()));
  showWaiting(player, true); // until the film is there
  hideWhenIdle(player, video);
  startGestures(video, { ...actions, toggle: () => toggle(video) });
  returnFocusAfterPress(player);
  return actions;
}

/** What keys and gestures do; each says on the screen what it did. */
function actionsOn(player, video, length) {
  return {
    seek: (time) => seekTo(video, time),
    replay() {
      video.currentTime = 0;
      play(video);
    },
    playing: () => video.paused && play(video),
    pausing: () => video.pause(),
    toggle() {
      toggle(video);
      flash(video.paused ? t("Paused") : t("Playing"));
    },
    skip(seconds) {
      if (seekTo(video, video.currentTime + seconds)) flash(skipText(seconds));
    },
    jump(share) {
      const time = share * length();
      if (seekTo(video, time)) flash(clock(time));
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

/** Whether `time` is there already; of a growing film, its last moment is shown instead. */
function seekTo(video, time) {
  video.currentTime = within(video, time);
  const isThere = time <= end(video) + 0.5 || !document.querySelector("#player").classList.contains("growing");
  if (!isThere) flash(t("Ready up to %(time)s", { time: clock(end(video)) }));
  return isThere;
}

/** Show what the video does in the controls. */
function reflect(player, video, showNow) {
  const listen = (names, action) => names.split(" ").forEach((name) => video.addEventListener(name, action));
  listen("play pause ended", () => {
    player.classList.toggle("paused", video.paused);
    $("#play").setAttribute("aria-label", video.paused ? t("Play") : t("Pause"));
  });
  listen("timeupdate durationchange seeking progress", showNow);
  listen("waiting seeking", () => showWaiting(player, true));
  listen("playing seeked canplay error", () => showWaiting(player, false));
}

function showWaiting(player, isWaiting) {
  player.classList.toggle("waiting", isWaiting);
  show($("#spinner"), isWaiting);
}

function showPosition(video, seek, last) {
  const there = end(video);
  const isGrowing = last - there > 0.5;
  $("#player").classList.toggle("growing", isGrowing);
  $("#rest").style.left = percent(isGrowing ? there : last, last);
  seek.max = last;
  seek.value = video.currentTime;
  seek.style.setProperty("--at", percent(video.currentTime, last));
  seek.style.setProperty("--loaded", percent(loadedUpTo(video), last));
  seek.setAttribute("aria-valuetext", t("%(time)s of %(length)s", { time: spoken(video.currentTime), length: spoken(last) }));
  $("#now").textContent = clock(video.currentTime);
  $("#length").textContent = clock(last);
}
