/** Requests of the studio: JSON and parts of films, with one shared refresh of the session. */

import { t } from "../language.js";

export const OVER = 401;

function csrf() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "admin";
}

/**
 * One request; never throws. `status` 0: the server was not reached, or the request was stopped.
 * By XMLHttpRequest, the one API that tells how much has been sent.
 */
export function send(method, url, { headers = {}, body = null, onProgress, signal } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const answer = () => resolve({
      status: request.status,
      header: (name) => request.getResponseHeader(name),
      json: parsed(request.responseText),
    });
    request.open(method, url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrf());
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (onProgress) request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onloadend = answer;
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) answer();
    else request.send(body);
  });
}

let refreshing = null;

/** As `send`; when the session's token has run out it is renewed once, for all who ask. */
export async function ask(method, url, options) {
  const answer = await send(method, url, options);
  if (answer.status !== OVER || options?.signal?.aborted) return answer;
  refreshing ??= send("POST", "/api/token/refresh/", { headers: JSON_BODY, body: "{}" }).finally(() => (refreshing = null));
  const { status } = await refreshing;
  return status === 200 ? send(method, url, options) : answer;
}

export const JSON_BODY = { "Content-Type": "application/json" };

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** What an error's body says, in a sentence. */
export function words({ status, json }, otherwise = t("Something went wrong.")) {
  if (!status) return t("The server cannot be reached.");
  if (status === OVER) return t("You are signed out.");
  const said = [json?.detail ?? Object.values(json ?? {})].flat(2).filter((part) => typeof part === "string");
  return said.join(" ") || otherwise;
}
