/** The second factor: an authenticator app, passkeys, recovery codes. */

import { request } from "../api.js";
import { $, $$, clone, show, toast } from "../dom.js";
import { enhance } from "../forms.js";
import { t } from "../language.js";
import { createPasskey, hasPasskeys } from "../passkeys.js";
import { confirmed, offer } from "./confirmed.js";
import { date } from "./dates.js";

const PATH = "/api/me/second-factor/";
const PASSKEYS = "/api/me/passkeys/";
let state = {};

/** Whether this is somebody of staff who has to set one up first. */
export const isRequired = () => state.is_required;

export async function startFactors() {
  onClick("#new-app", beginApp);
  onClick("#remove-app", () => remove(`${PATH}app/`));
  onClick("#new-codes", async () => showCodes(await confirmed(`${PATH}recovery-codes/`, { method: "POST" })));
  onClick("#copy-codes", copyCodes);
  enhance($("#app-form"), { send: (body) => confirmed(`${PATH}app/confirm/`, { method: "POST", body }), done: added });
  enhance($("#passkey-form"), { send: addPasskey, done: added });
  await display();
}

function onClick(selector, action) {
  $(selector).addEventListener("click", () => action().catch((error) => toast(error.message)));
}

async function display() {
  state = await request(PATH);
  show($("#factor-required"), state.is_required);
  $("#factor-state").textContent = state.is_on
    ? t("Your password alone does not sign in: a second factor is asked for.")
    : t("Your password alone signs in. With a second factor a stolen password is not enough.");
  show($("#app-on"), state.has_app);
  show($("#app-off"), !state.has_app);
  show($("#recovery"), state.is_on);
  $("#codes-left").textContent = state.recovery_codes_left;
  displayPasskeys();
  offer({ passkey: state.passkeys.length > 0 });
}

function displayPasskeys() {
  const problem = state.passkeys_problem || (hasPasskeys() ? "" : t("Open this page under its host name, with HTTPS, to add one."));
  $("#passkeys-problem").textContent = problem;
  show($("#passkeys-problem"), problem !== "");
  show($("#passkey-form"), problem === "");
  $("#passkeys").replaceChildren(...state.passkeys.map(row));
}

function row(passkey) {
  const element = clone("passkey-row");
  $("[data-name]", element).textContent = passkey.name;
  $("[data-facts]", element).textContent = passkey.last_used_at ? t("last used %(date)s", { date: date(passkey.last_used_at) }) : t("added %(date)s", { date: date(passkey.created_at) });
  const button = $("button", element);
  button.setAttribute("aria-label", t("Remove the passkey %(name)s", { name: passkey.name }));
  button.addEventListener("click", () => remove(`${PASSKEYS}${passkey.id}/`).catch((error) => toast(error.message)));
  return element;
}

async function beginApp() {
  const { secret, image } = await confirmed(`${PATH}app/`, { method: "POST" });
  $("#app-secret").textContent = secret;
  $("#app-image").src = image;
  show($("#app-form"));
  show($("#new-app"), false);
  $("#app-code").focus();
}

async function addPasskey({ name }) {
  const options = await confirmed(`${PASSKEYS}options/`, { method: "POST" });
  const credential = await createPasskey(options).catch((error) => {
    if (error.name === "NotAllowedError") error.message = t("Nothing was added.");
    throw error;
  });
  return confirmed(PASSKEYS, { method: "POST", body: { attempt: options.attempt, name, credential } });
}

async function added(answer) {
  const wasRequired = state.is_required;
  for (const form of [$("#app-form"), $("#passkey-form")]) form.reset();
  show($("#app-form"), false);
  show($("#new-app"));
  await display();
  showCodes(answer);
  show($("#continue"), wasRequired);
}

function showCodes({ recovery_codes: codes }) {
  if (!codes.length) {
    $("#factors-title").focus();
    return;
  }
  const items = codes.map((code) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("code"), { textContent: code }));
    return item;
  });
  $("#codes ul").replaceChildren(...items);
  $("#codes-left").textContent = codes.length;
  show($("#codes"));
  $("#codes").focus();
}

async function copyCodes() {
  await navigator.clipboard.writeText($$("#codes code").map((code) => code.textContent).join("\n"));
  toast(t("Copied."));
}

async function remove(path) {
  await confirmed(path, { method: "DELETE" });
  show($("#codes"), false);
  await display();
  $("#factors-title").focus();
  toast(t("It is removed."));
}
