/** Play, seek, volume, full screen: the controls around a <video>. */

import { recall, remember } from "../api.js";
import { $, show } from "../dom.js";
import { clock, spoken } from "../time.js";

const IDLE_AFTER = 2800;
const VOLUME = "videoflix.volume";

export function startControls(player, video) {
  const seek = $("#seek");
  const toggle = () => (video.paused ? play(video) : video.pause());
  const skip = (seconds) => seekTo(video, video.currentTime + seconds);
  const mute = () => (video.muted = !video.muted);
  const louder = (step) => setVolume(video, video.volume + step);
  const fullscreen = () => toggleFullscreen(player, video);

  $("#play").addEventListener("click", toggle);
  $("#big-play").addEventListener("click", toggle);
  $("#back").addEventListener("click", () => skip(-10));
  $("#forward").addEventListener("click", () => skip(10));
  $("#mute").addEventListener("click", mute);
  $("#fullscreen").addEventListener("click", fullscreen);
  $("#volume").addEventListener("input", (event) => setVolume(video, Number(event.target.value)));
  seek.addEventListener("input", () => seekTo(video, Number(seek.value)));
  startPictureInPicture(video);
  restoreVolume(video);
  reflect(player, video, seek);
  showVolume(player, video);
  showWaiting(player, true); // until the film is there
  hideWhenIdle(player, video, toggle);
  return { toggle, skip, mute, louder, fullscreen, jump: (share) => seekTo(video, share * end(video)) };
}

/** The last moment that can be played: of a growing film, what is there by now. */
export function end(video) {
  if (Number.isFinite(video.duration)) return video.duration;
  const { seekable } = video;
  return seekable.length ? seekable.end(seekable.length - 1) : 0;
}

export function play(video) {
  // A browser may refuse to start with sound by itself; then the big button stays.
  return video.play().catch((error) => {
    if (error.name !== "NotAllowedError" && error.name !== "AbortError") throw error;
  });
}

function seekTo(video, time) {
  video.currentTime = Math.min(Math.max(0, time), Math.max(0, end(video) - 0.05));
}

function setVolume(video, volume) {
  video.volume = Math.min(1, Math.max(0, volume));
  video.muted = video.volume === 0;
}

function restoreVolume(video) {
  const saved = Number(recall(VOLUME) ?? 1);
  if (saved > 0 && saved <= 1) video.volume = saved;
}

/** Show what the video does in the controls. */
function reflect(player, video, seek) {
  const listen = (names, action) => names.split(" ").forEach((name) => video.addEventListener(name, action));
  listen("play pause ended", () => {
    player.classList.toggle("paused", video.paused);
    $("#play").setAttribute("aria-label", video.paused ? "Play" : "Pause");
  });
  listen("timeupdate durationchange seeking progress", () => showPosition(video, seek));
  listen("volumechange", () => showVolume(player, video));
  listen("waiting seeking", () => showWaiting(player, true));
  listen("playing seeked canplay error", () => showWaiting(player, false));
  document.addEventListener("fullscreenchange", () => {
    const isFull = document.fullscreenElement === player;
    player.classList.toggle("full", isFull);
    $("#fullscreen").setAttribute("aria-label", isFull ? "Leave full screen" : "Full screen");
  });
}

function showWaiting(player, isWaiting) {
  player.classList.toggle("waiting", isWaiting);
  show($("#spinner"), isWaiting);
}

function showPosition(video, seek) {
  const last = end(video);
  seek.max = last;
  seek.value = video.currentTime;
  seek.style.setProperty("--at", share(video.currentTime, last));
  seek.style.setProperty("--loaded", share(loadedUpTo(video), last));
  seek.setAttribute("aria-valuetext", `${spoken(video.currentTime)} of ${spoken(last)}`);
  $("#now").textContent = clock(video.currentTime);
  $("#length").textContent = clock(last);
}

function loadedUpTo({ buffered, currentTime }) {
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime + 0.1 && currentTime < buffered.end(index)) return buffered.end(index);
  }
  return currentTime;
}

function share(part, whole) {
  return `${whole > 0 ? (100 * part) / whole : 0}%`;
}

function showVolume(player, video) {
  const slider = $("#volume");
  const volume = video.muted ? 0 : video.volume;
  slider.value = volume;
  slider.style.setProperty("--at", share(volume, 1));
  slider.setAttribute("aria-valuetext", `${Math.round(volume * 100)} percent`);
  player.classList.toggle("muted", volume === 0);
  $("#mute").setAttribute("aria-pressed", video.muted);
  remember(VOLUME, video.volume);
}

function startPictureInPicture(video) {
  if (!document.pictureInPictureEnabled) return;
  const button = $("#pip");
  show(button);
  button.addEventListener("click", () => {
    const change = document.pictureInPictureElement ? document.exitPictureInPicture() : video.requestPictureInPicture();
    change.catch(() => {}); // refused until the film has begun to load
  });
}

function toggleFullscreen(player, video) {
  if (document.fullscreenElement) return document.exitFullscreen();
  if (player.requestFullscreen) return player.requestFullscreen().catch(() => {});
  return video.webkitEnterFullscreen?.(); // iPhones put only the video itself on the full screen
}

/** Controls fade while a film plays and nobody moves; a tap brings them back. */
function hideWhenIdle(player, video, toggle) {
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
  video.addEventListener("pointerup", (event) => {
    if (event.pointerType === "mouse") toggle();
  });
  video.addEventListener("dblclick", () => toggleFullscreen(player, video));
}
