/** The viewer's session: kept fresh, ended, or found to be over. */

import { refresh, REFRESHED_AT, send } from "./api.js";
import { recall } from "./store.js";

const REFRESH_AFTER = 20 * 60 * 1000; // the access token lives 60 minutes

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

/** Where `?next=` leads after signing in, as long as that stays on this site. */
export function destination(search, origin) {
  const next = new URLSearchParams(search).get("next") ?? "/";
  try {
    const url = new URL(next, origin);
    return url.origin === origin ? url.href : "/";
  } catch {
    return "/"; // not an address
  }
}
