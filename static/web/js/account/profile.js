/** Name, address and password. */

import { request } from "../api.js";
import { $, $$, show, toast } from "../dom.js";
import { enhance, followRules, passwordMistakes } from "../forms.js";
import { t } from "../language.js";
import { confirmed, offer } from "./confirmed.js";

const change = (body) => confirmed("/api/me/", { method: "PATCH", body });

export function startProfile(me) {
  display(me);
  $("#name").value = me.name;
  startLanguage(me);
  enhance($("#profile-form"), { send: change, done: () => toast(t("Your name has been saved.")) });
  enhance($("#email-form"), {
    send: change,
    done: (changed) => {
      $("#email-form").reset();
      display(changed);
    },
  });
  $("#withdraw").addEventListener("click", async () => display(await change({ email: null })));
  startPassword(me);
}

function startPassword(me) {
  offer({ password: me.has_password });
  show($("#has-password"), me.has_password);
  show($("#no-password"), !me.has_password);
  $("#no-password a").hash = new URLSearchParams({ email: me.email });
  followRules($("#password-rules"));
  enhance($("#password-form"), {
    check: (values) => passwordMistakes(values, "new_password", "confirm_password"),
    send: (values) => request("/api/me/password/", { method: "POST", body: values }),
    done: () => {
      $("#password-form").reset();
      toast(t("Your password has been changed."));
    },
  });
}

/** The page comes again in the language that was chosen. */
function startLanguage(me) {
  const choice = $("#language");
  choice.value = me.language;
  choice.addEventListener("change", () => change({ language: choice.value }).then(() => location.reload(), (error) => toast(error.message)));
}

function display(me) {
  $("#present-email").textContent = me.email;
  $$("[data-username]").forEach((input) => (input.value = me.email));
  $("#moving [data-email]").textContent = me.new_email;
  show($("#moving"), me.new_email !== "");
}
