/** `/login/` */

import { $, show } from "./dom.js";
import { startLoginForm } from "./login-form.js";

if (new URLSearchParams(location.search).get("why") === "expired") {
  const note = $("#why");
  note.textContent = "Your session has ended. Sign in to continue where you left off.";
  show(note);
}
startLoginForm();
const email = new URLSearchParams(location.hash.slice(1)).get("email");
if (email) $("#email").value = email;
(email ? $("#password") : $("#email")).focus();
