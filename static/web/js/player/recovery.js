/** What to do about an error of hls.js, and what to tell the viewer meanwhile: decisions only. */

const MAX_RECOVERIES = 4; // in a row, without a segment in between
const LONGEST_PAUSE = 8000;

/**
 * One of `{action: "wait"}` (hls.js goes on by itself), `{action: "renew"}` the session,
 * `{action: "retry", pause}` the connection after milliseconds, `{action: "recover"}` the decoder,
 * `{action: "stop", trouble}` for good. `recoveries` counts those tried in a row.
 */
export function decide({ fatal, type, details, status }, recoveries) {
  const isSpent = recoveries >= MAX_RECOVERIES;
  if (status === 401) return isSpent ? stop("session") : { action: "renew" };
  if (!fatal) return { action: "wait" };
  if (type === "networkError") return decideOnNetwork(details, status, recoveries);
  return type === "mediaError" && !isSpent ? { action: "recover" } : stop("format");
}

function decideOnNetwork(details, status, recoveries) {
  // Segments may come back: a server that restarts, a segment that is being made again.
  if (/^(frag|key)/.test(details)) return retry(recoveries);
  if (status === 404) return stop("missing");
  if (recoveries < MAX_RECOVERIES) return retry(recoveries);
  return stop(status >= 500 ? "server" : "network");
}

/** Why nothing arrives: "offline", "missing", "server", "network" or, where nothing failed, "slow". */
export function causeOf(error, isOnline) {
  if (!isOnline) return "offline";
  if (!error) return "slow";
  if (error.status === 404) return "missing";
  if (error.status >= 500) return "server";
  return /TimeOut$/.test(error.details) ? "slow" : "network";
}

function stop(trouble) {
  return { action: "stop", trouble };
}

function retry(recoveries) {
  return { action: "retry", pause: Math.min(LONGEST_PAUSE, 1000 * (recoveries + 1)) };
}
