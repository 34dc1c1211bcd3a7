/** "Watch elsewhere": a link for other players and a QR code for the television. */

import { request } from "./api.js";
import { $, show, toast } from "./dom.js";
import { locale, t } from "./language.js";

const CLOCK = { hour: "2-digit", minute: "2-digit", weekday: "short" };

/** `{url, expires, qr}`: opens the film without a session. */
export function makeLink(film) {
  return request(`/api/video/${film}/play-link/`, { method: "POST", body: {} });
}

/** A button with `data-elsewhere`, the film's id, opens the dialog of the page. */
export function startElsewhere() {
  const dialog = $("#elsewhere");
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-elsewhere]");
    if (button) open(dialog, button.dataset.elsewhere);
  });
  $("#elsewhere-copy").addEventListener("click", copy);
  $("#elsewhere-end").addEventListener("click", () => endAll(dialog));
}

async function open(dialog, film) {
  const [text, field] = [$("#elsewhere-text"), $("#elsewhere-link")];
  show($("#elsewhere-found"), false);
  text.textContent = t("One moment …");
  dialog.showModal();
  try {
    const { url, expires, qr } = await makeLink(film);
    field.value = url;
    $("#elsewhere-qr").src = qr;
    const until = new Date(expires).toLocaleString(locale(), CLOCK);
    text.textContent = t("Whoever has this link can watch this film until %(time)s, or until you sign out.", { time: until });
    show($("#elsewhere-found"));
    field.select();
  } catch (error) {
    text.textContent = error.message;
  }
}

async function copy() {
  const field = $("#elsewhere-link");
  try {
    await navigator.clipboard.writeText(field.value);
    toast(t("Link copied"));
  } catch {
    field.select(); // no clipboard on plain HTTP: Ctrl+C does it
    toast(t("Press Ctrl+C to copy the link"));
  }
}

async function endAll(dialog) {
  try {
    await request("/api/play-links/", { method: "DELETE" });
    dialog.close();
    toast(t("All your links have ended"));
  } catch (error) {
    $("#elsewhere-text").textContent = error.message;
  }
}
