/** Loudness: the slider, the mute button, and what they were last time. */

import { $ } from "../dom.js";
import { t } from "../language.js";
import { recall, remember } from "../store.js";
import { percent } from "./range.js";
import { VOLUME } from "./remembered.js";

export function startVolume(player, video) {
  $("#mute").addEventListener("click", () => toggleMute(video));
  $("#volume").addEventListener("input", (event) => setVolume(video, Number(event.target.value)));
  video.addEventListener("volumechange", () => showVolume(player, video));
  const saved = Number(recall(VOLUME) ?? 1);
  if (saved > 0 && saved <= 1) video.volume = saved;
  showVolume(player, video);
}

export function toggleMute(video) {
  video.muted = !video.muted;
}

export function setVolume(video, volume) {
  video.volume = Math.min(1, Math.max(0, volume));
  video.muted = video.volume === 0;
}

/** "Volume 70 %" */
export function volumeText({ muted, volume }) {
  return muted || volume === 0 ? t("Sound off") : t("Volume %(percent)s %%", { percent: Math.round(volume * 100) });
}

function showVolume(player, video) {
  const slider = $("#volume");
  const volume = video.muted ? 0 : video.volume;
  slider.value = volume;
  slider.style.setProperty("--at", percent(volume, 1));
  slider.setAttribute("aria-valuetext", t("%(count)s percent", { count: Math.round(volume * 100) }));
  player.classList.toggle("muted", volume === 0);
  $("#mute").setAttribute("aria-pressed", video.muted);
  remember(VOLUME, video.volume);
}
