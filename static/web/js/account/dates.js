/** Dates in words. */

import { locale } from "../language.js";

/** "5 May 2026, 20:15", in the page's language and the browser's time zone. */
export function day(text) {
  return new Date(text).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}

/** "5 May 2026" */
export function date(text) {
  return new Date(text).toLocaleDateString(locale(), { dateStyle: "long" });
}
