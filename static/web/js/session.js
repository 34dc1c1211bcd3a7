/** The viewer's session: kept fresh, ended, or found to be over. */

import { refresh, REFRESHED_AT, send } from "./api.js";
import { forget, recall, remember } from "./store.js";

const PLACE = "videoflix.place";
const PLACE_LASTS = 24 * 3600 * 1000; // as long as the link in a mail
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

/** Come back to this page after signing in, also after signing up, which takes a mail. */
export function rememberPlace(path, now = Date.now()) {
  remember(PLACE, JSON.stringify({ path, now }));
}

/** The page that was remembered; "/" without one. */
export function rememberedPlace(now = Date.now()) {
  const place = JSON.parse(recall(PLACE) ?? "{}");
  return now - place.now < PLACE_LASTS ? place.path : "/";
}

/** The same, once. */
export function takePlace(now = Date.now()) {
  const place = rememberedPlace(now);
  forget(PLACE);
  return place;
}

/** Where to go after signing in: where the address says, else the remembered page. */
export function afterSignIn(search, origin) {
  const remembered = takePlace();
  return destination(new URLSearchParams(search).has("next") ? search : `?${new URLSearchParams({ next: remembered })}`, origin);
}
