/** `/signup/` */

import { send } from "./api.js";
import { $, replacePanel } from "./dom.js";
import { enhance, followRules, passwordMistakes } from "./forms.js";

followRules($("#password-rules"));
enhance($("#signup-form"), {
  check: (values) => passwordMistakes(values, "password", "confirmed_password"),
  send: (values) => send("/api/register/", { method: "POST", body: values }),
  done: (_, values) => {
    $("#sent [data-email]").textContent = values.email;
    replacePanel($("#ask"), $("#sent"));
  },
});
