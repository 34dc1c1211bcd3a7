/** What went wrong, in sentences for people. */

const BY_STATUS = {
  0: "We could not reach the server. Are you online?",
  403: "You are not allowed to do this.",
  404: "There is nothing here.",
  413: "This is too large.",
};

/** The sentence for an answer that is no success: the API's own where it is meant for people. */
export function messageFor(status, body = {}, retryAfter = null) {
  if (status === 429) return tooMany(secondsToWait(body, retryAfter));
  return firstMessage(body) || BY_STATUS[status] || byClass(status);
}

function byClass(status) {
  if (status >= 500) return "Something went wrong on our side. Please try again.";
  return "That did not work. Please check what you entered.";
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
  return `Too many attempts. Please try again ${seconds > 0 ? `in ${wait(seconds)}` : "in a moment"}.`;
}

/** 51 → "51 seconds", 91 → "2 minutes": never sooner than allowed. */
export function wait(seconds) {
  if (seconds <= 90) return counted(Math.ceil(seconds), "second");
  if (seconds <= 90 * 60) return counted(Math.ceil(seconds / 60), "minute");
  return counted(Math.ceil(seconds / 3600), "hour");
}

export function counted(number, unit) {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
