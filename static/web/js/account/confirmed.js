/** Requests that may ask for the password again before they are done. */

import { request } from "../api.js";
import { $, show } from "../dom.js";
import { enhance } from "../forms.js";

let answer = () => {};

/** As `request`; asks for the password when the API wants it, and then tries again. */
export async function confirmed(path, options) {
  try {
    return await request(path, options);
  } catch (error) {
    if (!error.asks?.confirmation || !(await isConfirmed())) throw error;
    return request(path, options);
  }
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

enhance($("#confirm-form"), {
  send: (values) => request("/api/me/confirm/", { method: "POST", body: values }).catch((error) => {
    if (error.asks?.factor) show($("#confirm-code"));
    throw error;
  }),
  done: () => close(true),
});
$("#confirm-cancel").addEventListener("click", () => close(false));
$("#confirm-dialog").addEventListener("cancel", () => answer(false));
