/** Seconds in words and on clocks. */

import { counted } from "./words.js";

/** 3725 → "1:02:05" */
export function clock(seconds) {
  if (!Number.isFinite(seconds)) return "–:––";
  const { h, m, s } = split(seconds);
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** 3725 → "1 hour 2 minutes 5 seconds", for screen readers. */
export function spoken(seconds) {
  const { h, m, s } = split(seconds);
  const named = [[h, "hour"], [m, "minute"], [s, "second"]].filter(([number]) => number > 0);
  return named.map(([number, unit]) => counted(number, unit)).join(" ") || "0 seconds";
}

/** 5400 → "1 h 30 min" */
export function length(seconds) {
  if (!Number.isFinite(seconds) || seconds <= 0) return "";
  if (seconds < 59.5) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

function split(seconds) {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  return { h: Math.floor(whole / 3600), m: Math.floor(whole / 60) % 60, s: whole % 60 };
}
