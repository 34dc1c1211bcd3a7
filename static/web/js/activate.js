/**
 * `/activate/?uid=&token=`: by script and POST, so that no mail scanner uses the link up.
 * It signs in, which the mail's link alone must not do.
 */

import { noteFreshTokens, send } from "./api.js";
import { $, replacePanel, show } from "./dom.js";
import { isComplete, linkPath } from "./link.js";
import { afterSignIn } from "./session.js";

async function activate() {
  show($("#offline"), false);
  show($("#working"));
  try {
    await send(`/api/activate/${linkPath}/`, { method: "POST" });
    noteFreshTokens();
    $("#done a").href = afterSignIn("", location.origin);
    replacePanel($("#working"), $("#done"));
  } catch (error) {
    if (error.isTemporary) replacePanel($("#working"), $("#offline"));
    else location.replace("/activation-failed/");
  }
}

$("#again").addEventListener("click", activate);
if (isComplete) activate();
else location.replace("/activation-failed/");
