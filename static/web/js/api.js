/** Talking to the API: JSON both ways, and one token refresh on a 401. */

import { pageLanguage } from "./language.js";
import { remember } from "./store.js";
import { messageFor } from "./words.js";

export const REFRESHED_AT = "videoflix.refreshed-at";

/** An answer that is no success. `status` 0: the server was not reached. */
export class ApiError extends Error {
  constructor(status, body = {}, retryAfter = null, asks = {}) {
    super(messageFor(status, body, retryAfter));
    this.status = status;
    this.body = body ?? {};
    this.asks = asks;
  }

  get isSessionOver() {
    return this.status === 401;
  }

  /** The session may still be good: the server could not say, or wants less haste. */
  get isTemporary() {
    return this.status === 0 || this.status >= 429;
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
  const headers = {}; // none more than a preload of the page sends, which it would not match
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-Language"] = pageLanguage();
  const response = await reach(path, { method, headers, signal, keepalive, body: body && JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(response, answer);
  return answer;
}

function refusal({ status, headers }, answer) {
  return new ApiError(status, answer, headers.get("Retry-After"), {
    confirmation: headers.get("X-Confirm") === "required",
    factor: headers.get("X-Second-Factor") === "required",
  });
}

let refreshing = null;

/** Renew the session's cookies; whether that worked. Parallel calls share one request. */
export function refresh() {
  refreshing ??= renew()
    .catch((error) => {
      // Another tab may have signed in while the refused request was on its way.
      if (error.isSessionOver) return renew();
      throw error;
    })
    .then(noteFreshTokens)
    .catch((error) => {
      if (error.isTemporary) throw error;
      return false;
    })
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

function renew() {
  return send("/api/token/refresh/", { method: "POST", body: {} });
}

export function noteFreshTokens() {
  remember(REFRESHED_AT, Date.now());
  return true;
}

async function reach(path, init) {
  try {
    return await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0);
  }
}
