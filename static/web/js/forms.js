/** Forms that talk to the API: errors beside their fields, and nothing typed is ever lost. */

import { $, $$, show } from "./dom.js";
import { t } from "./language.js";

/**
 * Send the form's values with `send`, then call `done(answer, values)`.
 * `check(values)` may return `{field: message}` for what the browser cannot see.
 */
export function enhance(form, { send, done, check = () => ({}) }) {
  $$(".reveal", form).forEach(enableReveal);
  fields(form).forEach((input) => input.addEventListener("input", () => mark(input, "")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = $("[type=submit]", form);
    if (button.getAttribute("aria-disabled") === "true") return;
    clear(form);
    const values = Object.fromEntries(new FormData(form));
    const mistakes = { ...check(values), ...missing(form) };
    if (Object.keys(mistakes).length) return display(form, mistakes, "");
    await whileBusy(button, async () => {
      try {
        done(await send(values), values);
      } catch (error) {
        display(form, fieldErrors(error), error.message);
      }
    });
  });
}

async function whileBusy(button, work) {
  const label = button.textContent;
  button.setAttribute("aria-disabled", "true");
  button.textContent = button.dataset.busy;
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }
}

function missing(form) {
  const found = {};
  for (const input of $$("input", form)) {
    if (input.validity.valueMissing) found[input.name] = t("Please fill this in.");
    else if (input.validity.typeMismatch) found[input.name] = t("Please enter an e-mail address, like name@example.com.");
  }
  return found;
}

/** `{field: message}` of an answer's lists of messages. */
export function fieldErrors(error) {
  const entries = Object.entries(error.body ?? {}).filter(([, value]) => Array.isArray(value));
  return Object.fromEntries(entries.map(([name, messages]) => [name, messages.join(" ")]));
}

/** Put each message beside its field, whatever has no field above the form; focus the first. */
function display(form, mistakes, general) {
  const inputs = fields(form).filter((input) => mistakes[input.name]);
  inputs.forEach((input) => mark(input, mistakes[input.name]));
  const loose = Object.keys(mistakes).filter((name) => !form.elements[name]).map((name) => mistakes[name]);
  const summary = $(".form-error", form);
  summary.textContent = inputs.length ? loose.join(" ") : loose.join(" ") || general;
  show(summary, summary.textContent !== "");
  (inputs[0] ?? $("input", form)).focus();
}

/** Those that a message can stand beside. */
function fields(form) {
  return $$("input", form).filter((input) => document.getElementById(`${input.id}-error`));
}

function clear(form) {
  show($(".form-error", form), false);
  fields(form).forEach((input) => mark(input, ""));
}

function mark(input, message) {
  const note = document.getElementById(`${input.id}-error`);
  note.textContent = message;
  show(note, message !== "");
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function enableReveal(button) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => {
    const isShown = input.type === "password";
    input.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", isShown);
    button.textContent = isShown ? t("Hide") : t("Show");
    input.focus();
  });
}

/** Tick the rules that can be judged while typing. */
export function followRules(list) {
  const input = document.getElementById(list.dataset.for);
  input.addEventListener("input", () => {
    $("[data-rule=length]", list).classList.toggle("met", input.value.length >= 8);
    $("[data-rule=letters]", list).classList.toggle("met", /\D/.test(input.value));
  });
}

export function passwordMistakes(values, first, second) {
  const found = {};
  if (values[first].length < 8) found[first] = t("Please choose at least 8 characters.");
  if (values[second] !== values[first]) found[second] = t("The two passwords are not the same.");
  return found;
}
