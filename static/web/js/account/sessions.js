/** Where one is signed in. */

import { request } from "../api.js";
import { $, clone, show, toast } from "../dom.js";
import { day } from "./dates.js";

export async function startSessions() {
  $("#end-others").addEventListener("click", async () => {
    await end("/api/me/sessions/", "You are signed out everywhere else.");
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
  $("[data-facts]", element).textContent = [session.ip, `last used ${day(session.last_used_at)}`].filter(Boolean).join(", ");
  show($("[data-here]", element), session.is_current);
  const button = $("button", element);
  show(button, !session.is_current);
  button.setAttribute("aria-label", `Sign out ${session.browser}, ${session.ip ?? ""}`);
  button.addEventListener("click", () => end(`/api/me/sessions/${session.id}/`, `${session.browser} is signed out.`));
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
