/** What one leaves behind: cleared, taken along, or deleted with the account. */

import { request } from "../api.js";
import { $, show, toast } from "../dom.js";
import { t } from "../language.js";
import { confirmed } from "./confirmed.js";
import { date } from "./dates.js";

const ASK_AGAIN = 2000; // milliseconds

export function startData(me) {
  onClick("#clear-history", () => clear("history", t("What you watched is forgotten.")));
  onClick("#clear-favorites", () => clear("favorites", t("Your list is empty.")));
  onClick("#export", prepare);
  onClick("#download", download);
  onClick("#leave", askToLeave);
  onClick("#keep", keep);
  show($("#leave-films"), me.has_films);
  $("#leaving [data-date]").textContent = me.delete_at ? date(me.delete_at) : "";
  show($("#leaving"), Boolean(me.delete_at));
  follow().catch(() => {});
  $("#leave-dialog").addEventListener("close", () => leaveIfWanted());
}

function onClick(selector, action) {
  $(selector).addEventListener("click", () => action().catch((error) => toast(error.message)));
}

async function clear(what, text) {
  await request(`/api/me/${what}/`, { method: "DELETE" });
  toast(text);
}

async function prepare() {
  await confirmed("/api/me/export/", { method: "POST" });
  await follow();
}

/** Shows how far the file is, until it is ready. */
async function follow() {
  const { state, expires_at: expires } = await request("/api/me/export/");
  show($("#download"), state === "ready");
  show($("#export"), state === "none");
  $("#export-state").textContent = { due: t("Your file is being prepared…"), ready: t("Your file is ready until %(date)s.", { date: date(expires) }) }[state] ?? "";
  if (state === "due") setTimeout(() => follow().catch(() => {}), ASK_AGAIN);
}

async function download() {
  const everything = await confirmed("/api/me/export/file/");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(everything, null, 1)], { type: "application/json" }));
  link.download = "videoflix-account.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60 * 1000);
}

async function askToLeave() {
  $("#leave-dialog").returnValue = "";
  $("#leave-dialog").showModal();
}

async function leaveIfWanted() {
  if ($("#leave-dialog").returnValue !== "yes") return;
  try {
    await confirmed("/api/me/", { method: "DELETE", body: { delete_films: $("#delete-films").checked } });
    location.assign("/");
  } catch (error) {
    toast(error.message);
  }
}

async function keep() {
  await request("/api/me/keep/", { method: "POST" });
  show($("#leaving"), false);
  $("#main").focus();
  toast(t("Your account stays."));
}
