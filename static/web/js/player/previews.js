/** Small pictures over the seek bar, cut out of the film's storyboard (WebVTT with #xywh=). */

import { $, show } from "../dom.js";
import { clock } from "../time.js";
import { bubbleLeft, shareAt } from "./range.js";

/** The storyboard's pictures, or none when the film has no storyboard (yet). */
export async function loadStoryboard(url) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) return [];
  return parse(await response.text(), response.url);
}

/** Cues as `{start, end, url, x, y, width, height}`. */
export function parse(text, base) {
  const cue = /^([\d:.]+) --> ([\d:.]+).*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/gm;
  return [...text.replace(/\r/g, "").matchAll(cue)].map(([, start, end, path, ...box]) => {
    const [x, y, width, height] = box.map(Number);
    return { start: seconds(start), end: seconds(end), url: new URL(path, base).href, x, y, width, height };
  });
}

export function pictureAt(pictures, time) {
  return pictures.find(({ start, end }) => start <= time && time < end);
}

function seconds(timestamp) {
  return timestamp.split(":").reduce((total, field) => total * 60 + Number(field), 0);
}

/** Shows time, chapter and picture at the pointer while it moves over the seek bar of `showing()`. */
export function startPreviews(seek, showing) {
  const bubble = $("#preview");
  seek.addEventListener("pointermove", (event) => {
    const bar = seek.getBoundingClientRect();
    const share = shareAt(event.clientX, bar);
    const film = showing();
    if (!film) return;
    const time = share * film.length;
    $("#preview-time").textContent = [film.chapterAt(time), clock(time)].filter(Boolean).join(" · ");
    draw($("#preview-picture"), pictureAt(film.storyboard, time));
    show(bubble);
    bubble.style.transform = `translateX(${bubbleLeft(share, bubble.offsetWidth, bar.width)}px)`;
  });
  for (const name of ["pointerleave", "pointercancel"]) seek.addEventListener(name, () => show(bubble, false));
}

function draw(element, picture) {
  show(element, Boolean(picture));
  if (!picture) return;
  element.style.width = `${picture.width}px`;
  element.style.height = `${picture.height}px`;
  element.style.backgroundImage = `url("${picture.url}")`;
  element.style.backgroundPosition = `-${picture.x}px -${picture.y}px`;
}
