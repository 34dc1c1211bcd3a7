/** Talking to the API: JSON both ways, and one token refresh on a 401. */

const REFRESH_AFTER = 20 * 60 * 1000; // the access token lives 60 minutes
const REFRESHED_AT = "videoflix.refreshed-at";

/** An answer that is no success. `status` 0: the server was not reached. */
export class ApiError extends Error {
  constructor(status, body = {}) {
    super(firstMessage(body) || messageFor(status));
    this.status = status;
    this.body = body ?? {};
  }

  get isSessionOver() {
    return this.status === 401;
  }
}

/** The parsed answer; throws ApiError. Signed-in requests only: a 401 is refreshed once. */
export async function request(path, options = {}) {
  try {
    return await send(path, options);
  } catch (error) {
    if (error.status !== 401 || !(await refresh())) throw error;
    return send(path, options);
  }
}

/** The parsed answer; throws ApiError. For requests that need no session. */
export async function send(path, { method = "GET", body, signal, keepalive } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await reach(path, { method, headers, signal, keepalive, body: body && JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

let refreshing = null;

/** Renew the session's cookies; whether that worked. Parallel calls share one request. */
export function refresh() {
  refreshing ??= send("/api/token/refresh/", { method: "POST", body: {} })
    .then(noteFreshTokens)
    .catch((error) => {
      if (error.status === 0 || error.status >= 429) throw error;
      return false;
    })
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

export function noteFreshTokens() {
  remember(REFRESHED_AT, Date.now());
  return true;
}

/** Renew the tokens every 20 minutes, and when a sleeping page wakes up later than that. */
export function keepSessionFresh() {
  const renewWhenDue = () => {
    const age = Date.now() - Number(recall(REFRESHED_AT) ?? 0);
    if (!document.hidden && age > REFRESH_AFTER) refresh().catch(() => {});
  };
  renewWhenDue();
  setInterval(renewWhenDue, 60 * 1000);
  document.addEventListener("visibilitychange", renewWhenDue);
}

/** Leave for the sign-in page and come back here afterwards. */
export async function leaveForLogin() {
  await send("/api/logout/", { method: "POST", body: {} }).catch(() => {});
  const here = location.pathname + location.search;
  location.replace(`/login/?why=expired&next=${encodeURIComponent(here)}`);
}

export async function signOut() {
  await send("/api/logout/", { method: "POST", body: {} }).catch(() => {});
  location.assign("/");
}

/** localStorage, which a private window may refuse. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then nothing is remembered: every use copes with that.
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

async function reach(path, init) {
  try {
    return await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0);
  }
}

function firstMessage(body) {
  const found = body?.detail ?? body?.message ?? body?.non_field_errors?.[0];
  return typeof found === "string" ? found : "";
}

function messageFor(status) {
  if (status === 0) return "We could not reach the server. Are you online?";
  if (status === 404) return "There is nothing here.";
  if (status === 429) return "Too many tries. Please wait a moment.";
  if (status >= 500) return "Something went wrong on our side. Please try again.";
  return "That did not work. Please check what you entered.";
}
