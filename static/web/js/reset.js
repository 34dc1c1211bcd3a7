/** `/reset-password/?uid=&token=` */

import { send } from "./api.js";
import { $, replacePanel } from "./dom.js";
import { enhance, followRules, passwordMistakes } from "./forms.js";
import { isComplete, linkPath } from "./link.js";

followRules($("#password-rules"));
enhance($("#reset-form"), {
  check: (values) => passwordMistakes(values, "new_password", "confirm_password"),
  send: (values) => send(`/api/password_confirm/${linkPath}/`, { method: "POST", body: values }).catch(explain),
  done: () => replacePanel($("#ask"), $("#done")),
});
if (!isComplete) replacePanel($("#ask"), $("#dead"));

/** The API calls the field `password`; a refusal that names none is about the link itself. */
function explain(error) {
  const { password, detail } = error.body;
  if (password) error.body.new_password = password;
  delete error.body.password;
  if (error.status === 400 && detail) replacePanel($("#ask"), $("#dead"));
  throw error;
}
