/** Full screen and picture in picture. */

import { $, show } from "../dom.js";
import { t } from "../language.js";

export function startScreen(player, video) {
  $("#fullscreen").addEventListener("click", () => toggleFullscreen(player, video));
  document.addEventListener("fullscreenchange", () => {
    const isFull = document.fullscreenElement === player;
    player.classList.toggle("full", isFull);
    $("#fullscreen").setAttribute("aria-label", isFull ? t("Leave full screen") : t("Full screen"));
  });
  // iPhones before iOS 26 put only the <video> on the full screen, with its own subtitles.
  for (const [name, isFull] of [["webkitbeginfullscreen", true], ["webkitendfullscreen", false]]) {
    video.addEventListener(name, () => player.classList.toggle("full", isFull));
  }
  startPictureInPicture(video);
}

export function toggleFullscreen(player, video) {
  if (document.fullscreenElement) return document.exitFullscreen();
  if (player.requestFullscreen) return player.requestFullscreen().catch(() => {});
  return video.webkitEnterFullscreen?.(); // iPhones put only the video itself on the full screen
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
