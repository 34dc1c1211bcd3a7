/** Chapters: marks on the seek bar, a name at the pointer, and a button that skips what few watch twice. */

import { $, show } from "../dom.js";
import { t } from "../language.js";
import { percent } from "./range.js";

const INTRO = /\b(intro|introduction|opening|opening credits|vorspann|titelsequenz|recap|previously)\b/i;
const CREDITS = /\b(credits|end credits|closing|outro|abspann|ending)\b/i;
const SHORTEST = 3; // seconds that are worth a button

/**
 * `{start, end, title}` in order, each until the next one begins. `creditsAt` is where staff say
 * that the credits begin, for films whose chapters do not.
 */
export function chaptersOf(rows, length, creditsAt = null) {
  const named = rows ?? [];
  const isMarked = creditsAt > 0 && !named.some(({ title }) => isCredits(title));
  const sorted = [...named, ...(isMarked ? [{ seconds: creditsAt, title: t("Credits") }] : [])].sort((a, b) => a.seconds - b.seconds);
  return sorted
    .map(({ seconds, title }, index) => ({ start: seconds, end: sorted[index + 1]?.seconds ?? length, title }))
    .filter(({ start, end }) => start < end);
}

function isCredits(title) {
  return CREDITS.test(title) && !INTRO.test(title);
}

export function chapterAt(chapters, time) {
  return chapters.find(({ start, end }) => start <= time && time < end);
}

/** `{label, to}` while `time` lies in an intro or in credits; else null. */
export function skipAt(chapters, time) {
  const chapter = chapterAt(chapters, time);
  if (!chapter || chapter.end - time < SHORTEST) return null;
  // "Opening credits" are both, and an opening.
  if (INTRO.test(chapter.title)) return { label: /recap|previously/i.test(chapter.title) ? t("Skip recap") : t("Skip intro"), to: chapter.end };
  return isCredits(chapter.title) ? { label: t("Skip credits"), to: chapter.end } : null;
}

/** Draw a gap in the bar at each chapter's beginning but the first's. */
export function drawMarks(chapters, length) {
  const marks = chapters.filter(({ start }) => start > 0).map(({ start }) => {
    const mark = document.createElement("i");
    mark.style.left = percent(start, length);
    return mark;
  });
  $("#chapter-marks").replaceChildren(...marks);
}

/** Offer to skip while there is something to skip. `chapters()` are the present film's. */
export function startSkipping(video, chapters, seek) {
  const button = $("#skip");
  let skip = null;
  video.addEventListener("timeupdate", () => {
    skip = skipAt(chapters(), video.currentTime);
    show(button, skip !== null);
    if (skip) button.textContent = skip.label;
  });
  button.addEventListener("click", () => {
    if (skip) seek(skip.to);
    show(button, false);
  });
}
