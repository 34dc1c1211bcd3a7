/** `/signup/` */

import { send } from "./api.js";
import { $, $$, replacePanel } from "./dom.js";
import { enhance, followRules, passwordMistakes } from "./forms.js";
import { t } from "./language.js";

/** Forms of other pages begin with the address that was typed here. */
function name(email) {
  $$("[data-email]").forEach((element) => (element.textContent = email));
  for (const link of [$("#to-sign-in"), $("#to-reset")]) link.hash = new URLSearchParams({ email });
}

function start(form) {
  followRules($("#password-rules"));
  enhance(form, {
    check: (values) => passwordMistakes(values, "password", "confirmed_password"),
    send: (values) => send("/api/register/", { method: "POST", body: values }).catch((error) => {
      if (isTaken(error)) {
        name(values.email);
        replacePanel($("#ask"), $("#taken"));
      }
      throw error;
    }),
    done: (_, values) => {
      name(values.email);
      replacePanel($("#ask"), $("#sent"));
    },
  });
  $("#other-address").addEventListener("click", () => {
    replacePanel($("#taken"), $("#ask"));
    $("#email").focus();
  });
  $("#send-again").addEventListener("click", sendAgain);
}

/** In the API's own words; mistakes in the form stand there too. */
function isTaken({ status, body }) {
  return status === 400 && body.email?.[0] === t("This address already has an account.");
}

async function sendAgain() {
  const email = $("#sent [data-email]").textContent;
  const answer = await send("/api/activate/resend/", { method: "POST", body: { email } }).catch((error) => error);
  $("#sent-again").textContent = answer.detail ? t("Sent. It may take a minute to arrive.") : answer.message;
}

const form = $("#signup-form");
if (form) start(form);
