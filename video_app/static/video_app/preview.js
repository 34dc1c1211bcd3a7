/** The player on a film's page in the admin, and the frame of it that becomes the poster. */

import { suggested } from "./frames.js";
import { t } from "./language.js";
import { ask, words } from "./studio/http.js";

const box = document.querySelector(".vf-preview");
/** Without the slash at the end, so that names in a playlist are found beside it. */
const address = (name) => box.dataset[name].replace(/\/$/, "");

if (box) start();

function start() {
  const find = (selector) => box.querySelector(selector);
  const video = find("video");
  const frame = find("[data-do=frame]");
  const shown = () => {
    for (const element of [video, frame]) element.hidden = false;
    video.focus();
    showSuggestions(find(".vf-frames"), video);
  };
  find("[data-do=load]").addEventListener("click", async ({ currentTarget }) => {
    currentTarget.hidden = true;
    if (await load(video)) shown();
  });
  frame.addEventListener("click", () => save(video));
}

function say(text) {
  box.querySelector(".vf-said").textContent = text;
}

/** Whether the film could be loaded. The request before renews the session if it must. */
async function load(video) {
  const answer = await ask("GET", address("master"));
  if (answer.status !== 200) {
    say(words(answer, t("The film cannot be played now.")));
    return false;
  }
  const { Hls } = globalThis;
  if (!Hls?.isSupported()) {
    video.src = address("master");
    return true;
  }
  const hls = new Hls({ renderTextTracksNatively: true });
  hls.on(Hls.Events.MANIFEST_PARSED, () => (hls.currentLevel = hls.levels.length - 1)); // the best picture
  hls.on(Hls.Events.ERROR, (_, { fatal }) => fatal && say(t("The film cannot be played any further.")));
  hls.loadSource(address("master"));
  hls.attachMedia(video);
  return true;
}

async function showSuggestions(place, video) {
  const answer = await fetch(address("storyboard")).catch(() => null);
  if (!answer?.ok) return;
  for (const { seconds, sheet, x, y, width, height } of suggested(await answer.text(), answer.url)) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", t("Frame at %(count)s seconds", { count: Math.round(seconds) }));
    Object.assign(button.style, {
      width: `${width}px`, height: `${height}px`, backgroundImage: `url("${sheet}")`, backgroundPosition: `-${x}px -${y}px`,
    });
    button.addEventListener("click", () => {
      video.pause();
      video.currentTime = seconds;
      say(t("Move on with the player, or use this frame."));
    });
    place.append(button);
  }
  place.hidden = !place.children.length;
}

/** Send what the player shows now. */
async function save(video) {
  if (!video.videoWidth) {
    say(t("Please wait until the film can be seen."));
    return;
  }
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const picture = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", 0.92);
  });
  const body = new FormData();
  body.append("thumbnail", picture, "frame.jpg");
  body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await ask("POST", box.dataset.save, { body });
  if (answer.status !== 200) {
    say(words(answer));
    return;
  }
  say(t("This is the poster now."));
  const image = Object.assign(new Image(), { className: "vf-poster", alt: "", src: `${answer.json.poster}?${Date.now()}` });
  document.querySelector(".field-poster_image .vf-poster")?.replaceWith(image);
}
