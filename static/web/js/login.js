/** `/login/` */

import { $, show } from "./dom.js";
import { t } from "./language.js";
import { startLoginForm } from "./login-form.js";

const query = new URLSearchParams(location.search);
const WHY = {
  expired: t("Your session has ended. Sign in to continue where you left off."),
  provider: query.get("text"),
};
const why = WHY[query.get("why")];
if (why) {
  $("#why").textContent = why;
  show($("#why"));
}
startLoginForm();
const email = new URLSearchParams(location.hash.slice(1)).get("email");
if (email) $("#email").value = email;
(email ? $("#password") : $("#email")).focus();
