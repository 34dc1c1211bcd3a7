/** Where a film begins, ends, is, and is loaded: the arithmetic of the seek bar. */

const BEFORE_THE_END = 0.05; // at the very end a browser would say that the film is over

/** The last moment that can be played: of a growing film, what is there by now. */
export function end({ duration, seekable }) {
  if (Number.isFinite(duration)) return duration;
  return seekable.length ? seekable.end(seekable.length - 1) : 0;
}

/** `time`, kept inside what can be played. */
export function within(video, time) {
  return Math.min(Math.max(0, time), Math.max(0, end(video) - BEFORE_THE_END));
}

/** The end of the loaded stretch around the present moment. */
export function loadedUpTo({ buffered, currentTime }) {
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime + 0.1 && currentTime < buffered.end(index)) return buffered.end(index);
  }
  return currentTime;
}

/** 1 of 4 → "25%" */
export function percent(part, whole) {
  return `${whole > 0 ? (100 * part) / whole : 0}%`;
}

/** How far along a bar a pointer is, 0 to 1. */
export function shareAt(x, { left, width }) {
  return width > 0 ? Math.min(1, Math.max(0, (x - left) / width)) : 0;
}

/** The left edge for a bubble of `width` above `share` of a bar, inside the bar. */
export function bubbleLeft(share, width, barWidth) {
  const half = width / 2;
  return Math.min(Math.max(0, barWidth - width), Math.max(0, share * barWidth - half));
}
