/** The profiles of the account: listed, made, changed and removed. */

import { request } from "../api.js";
import { $, $$, clone, show, toast } from "../dom.js";
import { enhance } from "../forms.js";
import { mark, t } from "../language.js";
import { draw, facts, limitLabel, PROFILES } from "../portraits.js";
import { confirmed } from "./confirmed.js";

const PICTURES = [
  ["fox", mark("Fox")], ["owl", mark("Owl")], ["cat", mark("Cat")], ["bear", mark("Bear")],
  ["frog", mark("Frog")], ["robot", mark("Robot")], ["rocket", mark("Rocket")], ["star", mark("Star")],
];
const LIMITS = [0, 6, 12, 16];
const FRESH = { name: "", picture: "", age_limit: null, has_pin: false, is_main: false };

let edited = null; // null: a new one

export async function startProfiles() {
  $("#pictures").append(...PICTURES.map(pictureChoice));
  $("#profile-pin").inputMode = "numeric";
  $("#add-profile").addEventListener("click", () => open(null));
  $("#profile-cancel").addEventListener("click", () => $("#profile-dialog").close());
  $("#remove-profile").addEventListener("click", remove);
  enhance($("#profile-edit"), { send: save, done: saved });
  await display();
  if (location.hash === "#profiles-title") $("#profiles-title").scrollIntoView();
}

function pictureChoice([picture, name]) {
  const element = clone("picture");
  draw(element, picture);
  Object.assign($("input", element), { value: picture, ariaLabel: t(name) });
  return element;
}

async function display() {
  $("#profiles").replaceChildren(...(await request(PROFILES)).map(row));
}

function row(profile) {
  const element = clone("profile");
  draw(element, profile.picture);
  $("[data-name]", element).textContent = profile.name;
  $("[data-facts]", element).textContent = facts(profile);
  show($("[data-here]", element), profile.is_current);
  const button = $("[data-edit]", element);
  button.setAttribute("aria-label", t("Edit %(name)s", { name: profile.name }));
  button.addEventListener("click", () => open(profile));
  return element;
}

function open(profile) {
  edited = profile;
  const { name, picture, age_limit: limit, has_pin: hasPin, is_main: isMain } = profile ?? FRESH;
  $("#profile-edit").reset();
  show($("#profile-edit .form-error"), false);
  $("#profile-title").textContent = profile ? t("Edit %(name)s", { name }) : t("New profile");
  $("#profile-name").value = name;
  $$("#pictures input").forEach((input) => (input.checked = input.value === (picture || freePicture())));
  fillLimits(limit);
  show($("#profile-limit-field"), !isMain);
  show($("#keep-pin"), hasPin);
  show($("#remove-profile"), profile !== null && !isMain);
  $("#profile-dialog").showModal();
}

/** The first one that nobody has yet. */
function freePicture() {
  const taken = $$("#profiles use").map((use) => use.getAttribute("href").split("#")[1]);
  return (PICTURES.find(([picture]) => !taken.includes(picture)) ?? PICTURES[0])[0];
}

function fillLimits(limit) {
  const ages = [...new Set([...LIMITS, limit ?? 0])].sort((one, other) => one - other);
  const choices = ages.map((age) => new Option(limitLabel(age), age, false, age === limit));
  $("#profile-limit").replaceChildren(new Option(t("None"), "", false, limit === null), ...choices);
}

/** Only what changes: a PIN or a limit wants the password again. */
function changes({ name, picture, pin }) {
  const limit = chosenLimit();
  const guarded = {};
  if (limit !== (edited ?? FRESH).age_limit) guarded.age_limit = limit;
  if (pin || $("#remove-pin").checked) guarded.pin = pin || null;
  return { name, picture, ...guarded };
}

function chosenLimit() {
  const { value } = $("#profile-limit");
  return value === "" ? null : Number(value);
}

function save(values) {
  const body = changes(values);
  if (edited) return confirmed(`${PROFILES}${edited.id}/`, { method: "PATCH", body });
  return request(PROFILES, { method: "POST", body });
}

async function saved(profile) {
  $("#profile-dialog").close();
  await display();
  toast(t("“%(name)s” has been saved.", { name: profile.name }));
}

async function remove() {
  try {
    await confirmed(`${PROFILES}${edited.id}/`, { method: "DELETE" });
    $("#profile-dialog").close();
    await display();
    $("#profiles-title").focus();
    toast(t("“%(name)s” has been removed.", { name: edited.name }));
  } catch (error) {
    toast(error.message);
  }
}
