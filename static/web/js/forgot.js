/** `/forgot-password/` */

import { send } from "./api.js";
import { $, replacePanel } from "./dom.js";
import { enhance } from "./forms.js";

$("#email").value = new URLSearchParams(location.hash.slice(1)).get("email") ?? "";
enhance($("#forgot-form"), {
  send: (values) => send("/api/password_reset/", { method: "POST", body: values }),
  done: (_, values) => {
    $("#sent [data-email]").textContent = values.email;
    replacePanel($("#ask"), $("#sent"));
  },
});
