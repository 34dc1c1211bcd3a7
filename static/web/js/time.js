/** Seconds in words and on clocks. */

import { t } from "./language.js";
import { inHours, inMinutes, inSeconds } from "./words.js";

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
  const named = [[h, inHours], [m, inMinutes], [s, inSeconds]].filter(([count]) => count > 0);
  return named.map(([count, inWords]) => inWords(count)).join(" ") || inSeconds(0);
}

/** 5400 → "1 h 30 min" */
export function length(seconds) {
  if (!Number.isFinite(seconds) || seconds <= 0) return "";
  if (seconds < 59.5) return t("%(count)s s", { count: Math.ceil(seconds) });
  const total = Math.round(seconds / 60);
  const [hours, minutes] = [Math.floor(total / 60), total % 60];
  if (!hours) return t("%(minutes)s min", { minutes });
  return minutes ? t("%(hours)s h %(minutes)s min", { hours, minutes }) : t("%(hours)s h", { hours });
}

function split(seconds) {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  return { h: Math.floor(whole / 3600), m: Math.floor(whole / 60) % 60, s: whole % 60 };
}
