/** `/admin/login/`: the button for passkeys. The server lets in who has just signed in. */

import { send } from "./api.js";
import { $, show } from "./dom.js";
import { t } from "./language.js";
import { hasPasskeys, passkeySignIn } from "./passkeys.js";

async function enter() {
  const problem = $("#passkey-problem");
  show(problem, false);
  try {
    await passkeySignIn();
    const { is_staff: isStaff } = await send("/api/me/");
    if (!isStaff) throw new Error(t("This account may not enter the admin."));
    location.replace(location.pathname + location.search);
  } catch (error) {
    if (error.name === "NotAllowedError") return; // the person has cancelled it
    problem.textContent = error.message;
    show(problem);
  }
}

if (hasPasskeys()) show($("#passkey"));
$("#passkey button").addEventListener("click", enter);
