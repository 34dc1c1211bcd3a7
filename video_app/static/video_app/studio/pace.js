/** How fast bytes go, over the last seconds, and what people read of it. */

import { number, t } from "../language.js";

const WINDOW = 8000;
const UNITS = ["B", "kB", "MB", "GB", "TB"];

export class Pace {
  #samples = [];

  /** Note that so many bytes are there at a time in milliseconds. */
  note(count, now) {
    this.#samples.push({ count, now });
    while (this.#samples.length > 2 && now - this.#samples[0].now > WINDOW) this.#samples.shift();
  }

  /** Begin anew after a pause, which says nothing about the line. */
  reset() {
    this.#samples = [];
  }

  /** Bytes per second; 0 as long as nobody knows. */
  get speed() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    const seconds = first ? (last.now - first.now) / 1000 : 0;
    return seconds >= 0.5 ? Math.max(0, (last.count - first.count) / seconds) : 0;
  }
}

/** 1536000 → "1.5 MB" */
export function bytes(count) {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${number(Number(value.toFixed(digits)), { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false })} ${UNITS[unit]}`;
}

/** 3725 → "1 h 2 min", 61 → "1 min 1 s" */
export function duration(seconds) {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours) return t("%(hours)s h %(minutes)s min", { hours, minutes });
  const inMinutes = minutes ? [t("%(minutes)s min", { minutes })] : [];
  const inSeconds = rest || !minutes ? [t("%(count)s s", { count: rest })] : [];
  return [...inMinutes, ...inSeconds].join(" ");
}

/** "40 %, 1.2 GB of 3.0 GB, 12 MB/s, 2 min 30 s left" */
export function told(offset, length, speed) {
  const percent = length ? Math.floor((100 * offset) / length) : 100;
  const words = [`${percent} %`, t("%(part)s of %(whole)s", { part: bytes(offset), whole: bytes(length) })];
  if (speed > 0) words.push(`${bytes(speed)}/s`, t("%(time)s left", { time: duration((length - offset) / speed) }));
  return words.join(", ");
}
