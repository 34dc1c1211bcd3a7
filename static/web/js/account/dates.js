/** Dates in words. */

/** "5 May 2026, 20:15", in the browser's language and time zone. */
export function day(text) {
  return new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

/** "5 May 2026" */
export function date(text) {
  return new Date(text).toLocaleDateString([], { dateStyle: "long" });
}
