/** Where one is signed in. */

import { request } from "../api.js";
import { $, clone, show, toast } from "../dom.js";
import { t } from "../language.js";
import { day } from "./dates.js";

export async function startSessions() {
  $("#end-others").addEventListener("click", async () => {
    await end("/api/me/sessions/", t("You are signed out everywhere else."));
  });
  await display();
}

async function display() {
  const sessions = await request("/api/me/sessions/");
  $("#sessions").replaceChildren(...sessions.map(row));
  show($("#end-others"), sessions.length > 1);
}

function row(session) {
  const element = clone("session");
  $("[data-name]", element).textContent = session.browser;
  $("[data-facts]", element).textContent = [session.ip, t("last used %(date)s", { date: day(session.last_used_at) })].filter(Boolean).join(", ");
  show($("[data-here]", element), session.is_current);
  const button = $("button", element);
  show(button, !session.is_current);
  button.setAttribute("aria-label", t("Sign out %(browser)s, %(address)s", { browser: session.browser, address: session.ip ?? "" }));
  button.addEventListener("click", () => end(`/api/me/sessions/${session.id}/`, t("%(browser)s is signed out.", { browser: session.browser })));
  return element;
}

/** The focus goes to the heading, for the button that had it is gone. */
async function end(path, text) {
  try {
    await request(path, { method: "DELETE" });
    await display();
    $("#sessions-title").focus();
    toast(text);
  } catch (error) {
    toast(error.message);
  }
}
