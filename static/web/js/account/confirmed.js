/** Requests that may ask again whether it is the owner, before they are done. */

import { request } from "../api.js";
import { $, $$, show } from "../dom.js";
import { enhance } from "../forms.js";
import { hasPasskeys, passkeyAnswer } from "../passkeys.js";

const has = { password: true, passkey: false };
let answer = () => {};

/** As `request`; asks who it is when the API wants to know, and then tries again. */
export async function confirmed(path, options) {
  try {
    return await request(path, options);
  } catch (error) {
    if (!error.asks?.confirmation || !(await isConfirmed())) throw error;
    return request(path, options);
  }
}

/** What the account has to confirm with, as far as it is known: some have no password. */
export function offer(found) {
  Object.assign(has, found);
  const canUsePasskey = has.passkey && hasPasskeys();
  const way = has.password ? "password" : canUsePasskey ? "passkey" : "signing-in";
  $$("#confirm-dialog [data-way]").forEach((part) => show(part, part.dataset.way === way));
  show($("#confirm-passkey"), canUsePasskey);
  $("#confirm-passkey button").classList.toggle("primary", way === "passkey");
}

function isConfirmed() {
  const dialog = $("#confirm-dialog");
  $("#confirm-form").reset();
  dialog.showModal();
  return new Promise((resolve) => {
    answer = resolve;
  });
}

function close(isGiven) {
  $("#confirm-dialog").close();
  answer(isGiven);
}

async function confirmWithPasskey() {
  const summary = $("#confirm-form .form-error");
  show(summary, false);
  try {
    await request("/api/me/confirm/passkey/", { method: "POST", body: await passkeyAnswer() });
    close(true);
  } catch (error) {
    if (error.name === "NotAllowedError") return; // the person has cancelled it
    summary.textContent = error.message;
    show(summary);
  }
}

enhance($("#confirm-form"), {
  send: (values) => request("/api/me/confirm/", { method: "POST", body: values }).catch((error) => {
    if (error.asks?.factor) show($("#confirm-code"));
    throw error;
  }),
  done: () => close(true),
});
$("#confirm-passkey button").addEventListener("click", confirmWithPasskey);
$("#confirm-cancel").addEventListener("click", () => close(false));
$("#confirm-dialog").addEventListener("cancel", () => answer(false));
