/** Profiles as pages show them, and the one that this browser is in as far as it is known. */

import { $ } from "./dom.js";
import { n, t } from "./language.js";
import { forget, recall, remember } from "./store.js";

export const PROFILES = "/api/me/profiles/";
const KEY = "videoflix.profile"; // also read in player/remembered.js

/** Show a profile's picture in the `.portrait` within `element`. */
export function draw(element, picture) {
  const use = $(".portrait use", element);
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${picture}`);
}

/** What is to be known of a profile besides its name, in words. */
export function facts(profile) {
  const limit = profile.age_limit === null ? "" : limitLabel(profile.age_limit);
  return [limit, profile.has_pin ? t("PIN") : ""].filter(Boolean).join(", ");
}

export function limitLabel(age) {
  return n("up to %(count)s year", "up to %(count)s years", age);
}

export function rememberProfile({ id, name, picture }) {
  remember(KEY, JSON.stringify({ id, name, picture }));
}

export const forgetProfile = () => forget(KEY);

/** The link in the header: first as remembered, then as the API says. */
export function showInHeader(profile) {
  const link = $("#who");
  draw(link, profile.picture);
  $("span", link).textContent = profile.name;
  link.setAttribute("aria-label", t("%(name)s: change profile", { name: profile.name }));
}

export function showRemembered() {
  const known = JSON.parse(recall(KEY) ?? "null");
  if (known) showInHeader(known);
}
