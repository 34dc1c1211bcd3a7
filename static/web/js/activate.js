/** `/activate/?uid=&token=`: by script, so that a mail scanner's GET does not use the link up. */

import { send } from "./api.js";
import { $, replacePanel, show } from "./dom.js";
import { isComplete, linkPath } from "./link.js";

async function activate() {
  show($("#offline"), false);
  show($("#working"));
  try {
    await send(`/api/activate/${linkPath}/`);
    replacePanel($("#working"), $("#done"));
  } catch (error) {
    if (error.isTemporary) replacePanel($("#working"), $("#offline"));
    else location.replace("/activation-failed/");
  }
}

$("#again").addEventListener("click", activate);
if (isComplete) activate();
else location.replace("/activation-failed/");
