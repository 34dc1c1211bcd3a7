/** API tokens: listed, made and ended. */

import { request } from "../api.js";
import { $, $$, clone, show, toast } from "../dom.js";
import { enhance } from "../forms.js";
import { t } from "../language.js";
import { confirmed } from "./confirmed.js";
import { date } from "./dates.js";

const PATH = "/api/me/tokens/";
const DAY = 24 * 3600 * 1000;

export async function startTokens() {
  enhance($("#token-form"), {
    send: ({ name }) => confirmed(PATH, { method: "POST", body: { name, scopes: scopes(), expires: expiry() } }),
    done: async ({ token }) => {
      $("#token-form").reset();
      $("#new-token code").textContent = token;
      show($("#new-token"));
      $("#new-token").focus();
      await display();
    },
  });
  $("#copy-token").addEventListener("click", copy);
  await display();
}

const scopes = () => $$("[data-scope]").filter((box) => box.checked).map((box) => box.dataset.scope);

function expiry() {
  const days = Number($("#token-life").value);
  return days ? new Date(Date.now() + days * DAY).toISOString() : null;
}

async function display() {
  $("#tokens").replaceChildren(...(await request(PATH)).map(row));
}

function row(token) {
  const element = clone("token");
  $("[data-name]", element).textContent = token.name;
  $("[data-facts]", element).textContent = facts(token).join(", ");
  const button = $("button", element);
  button.setAttribute("aria-label", t("End the token %(name)s", { name: token.name }));
  button.addEventListener("click", () => end(token));
  return element;
}

function facts(token) {
  const used = token.last_used_at ? t("last used %(date)s", { date: date(token.last_used_at) }) : t("never used");
  const until = token.expires_at ? t("until %(date)s", { date: date(token.expires_at) }) : t("without an end");
  return [token.scopes.join(" + "), `…${token.hint}`, used, until];
}

async function end(token) {
  try {
    await request(`${PATH}${token.id}/`, { method: "DELETE" });
    show($("#new-token"), false);
    await display();
    $("#tokens-title").focus();
    toast(t("“%(name)s” no longer works.", { name: token.name }));
  } catch (error) {
    toast(error.message);
  }
}

async function copy() {
  await navigator.clipboard.writeText($("#new-token code").textContent).catch(() => {});
  toast(t("Copied."));
}
