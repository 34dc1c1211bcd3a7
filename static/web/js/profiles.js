/** `/profiles/`: who is watching? */

import { request } from "./api.js";
import { $, clone, show } from "./dom.js";
import { enhance } from "./forms.js";
import { t } from "./language.js";
import { draw, facts, PROFILES, rememberProfile } from "./portraits.js";
import { destination, keepSessionFresh, leaveForLogin, signOut } from "./session.js";

const NO_PASSWORD = t("This account has no password. Sign out and in again to change to this profile.");

let current = null;
let wanted = null;

const enter = (profile, given) => request(`${PROFILES}${profile.id}/use/`, { method: "POST", body: given });

function leave(profile) {
  rememberProfile(profile);
  location.assign(destination(location.search, location.origin));
}

async function choose(profile) {
  wanted = profile;
  try {
    if (profile.asks === "password" && !(await hasPassword())) throw new Error(NO_PASSWORD);
    if (profile.asks) ask(profile.asks);
    else leave(await enter(profile, {}));
  } catch (error) {
    fail(error);
  }
}

/** Accounts of a provider, and of passkeys alone, may have none. */
const hasPassword = async () => (await request("/api/me/")).has_password;

function ask(what) {
  $("#unlock-form").reset();
  show($("#unlock-form .form-error"), false);
  askFor(what);
  $("#unlock").showModal();
  $(what === "pin" ? "#unlock-pin" : "#unlock-password").focus();
}

function askFor(what) {
  const whose = wanted.has_pin ? wanted : current;
  $("#unlock-title").textContent = what === "pin" ? t("PIN of %(name)s", { name: whose.name }) : wanted.name;
  show($("#unlock-by-pin"), what === "pin");
  show($("#unlock-by-password"), what === "password");
  show($("#forgot-pin"), what === "pin");
}

async function askForPassword() {
  if (!(await hasPassword())) {
    $("#unlock-form .form-error").textContent = NO_PASSWORD;
    show($("#unlock-form .form-error"));
    return;
  }
  $("#unlock-pin").value = "";
  askFor("password");
  $("#unlock-password").focus();
}

function person(profile) {
  const element = clone("person");
  draw(element, profile.picture);
  $("[data-name]", element).textContent = profile.name;
  $("[data-facts]", element).textContent = facts(profile);
  const button = $("button", element);
  if (profile.is_current) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => choose(profile));
  return element;
}

function fail(error) {
  if (error.isSessionOver) {
    leaveForLogin();
    return;
  }
  $("#failed").textContent = error.message;
  show($("#failed"));
}

$("#sign-out").addEventListener("click", signOut);
$("#unlock-pin").inputMode = "numeric";
enhance($("#unlock-form"), {
  check: ({ pin, password }) => (pin || password ? {} : { [$("#unlock-by-pin").hidden ? "password" : "pin"]: t("Please fill this in.") }),
  send: ({ pin, password }) => enter(wanted, password ? { password } : { pin }),
  done: leave,
});
$("#unlock-cancel").addEventListener("click", () => $("#unlock").close());
$("#forgot-pin").addEventListener("click", () => askForPassword().catch(fail));
try {
  const profiles = await request(PROFILES);
  $("#people").replaceChildren(...profiles.map(person));
  current = profiles.find((profile) => profile.is_current);
  rememberProfile(current);
  show($("#manage"), current.age_limit === null);
  keepSessionFresh();
} catch (error) {
  fail(error);
}
