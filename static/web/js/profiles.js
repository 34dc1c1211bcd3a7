/** `/profiles/`: who is watching? */

import { request } from "./api.js";
import { $, clone, show } from "./dom.js";
import { enhance } from "./forms.js";
import { t } from "./language.js";
import { draw, facts, PROFILES, rememberProfile } from "./portraits.js";
import { destination, keepSessionFresh, leaveForLogin, signOut } from "./session.js";

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
    if (profile.asks) ask(profile.asks);
    else leave(await enter(profile, {}));
  } catch (error) {
    fail(error);
  }
}

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
$("#forgot-pin").addEventListener("click", () => {
  $("#unlock-pin").value = "";
  askFor("password");
  $("#unlock-password").focus();
});
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
