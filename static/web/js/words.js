/** What went wrong, in sentences for people. */

import { n, t } from "./language.js";

const BY_STATUS = () => ({
  0: t("We could not reach the server. Are you online?"),
  403: t("You are not allowed to do this."),
  404: t("There is nothing here."),
  413: t("This is too large."),
});

/** The sentence for an answer that is no success: the API's own where it is meant for people. */
export function messageFor(status, body = {}, retryAfter = null) {
  if (status === 429) return tooMany(secondsToWait(body, retryAfter));
  return firstMessage(body) || BY_STATUS()[status] || byClass(status);
}

function byClass(status) {
  if (status >= 500) return t("Something went wrong on our side. Please try again.");
  return t("That did not work. Please check what you entered.");
}

function firstMessage(body) {
  const found = body?.detail ?? body?.message ?? body?.non_field_errors?.[0];
  return typeof found === "string" ? found : "";
}

/** From the header, else from the API's "… available in 51 seconds."; 0 where neither says. */
function secondsToWait(body, retryAfter) {
  const seconds = Number(retryAfter ?? /(\d+) seconds?\b/.exec(firstMessage(body))?.[1] ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
}

function tooMany(seconds) {
  if (seconds > 0) return t("Too many attempts. Please try again in %(wait)s.", { wait: wait(seconds) });
  return t("Too many attempts. Please try again in a moment.");
}

/** 51 → "51 seconds", 91 → "2 minutes": never sooner than allowed. */
export function wait(seconds) {
  if (seconds <= 90) return inSeconds(Math.ceil(seconds));
  if (seconds <= 90 * 60) return inMinutes(Math.ceil(seconds / 60));
  return inHours(Math.ceil(seconds / 3600));
}

export const inSeconds = (count) => n("%(count)s second", "%(count)s seconds", count);
export const inMinutes = (count) => n("%(count)s minute", "%(count)s minutes", count);
export const inHours = (count) => n("%(count)s hour", "%(count)s hours", count);
