/** `/confirm-address/?uid=&token=`: by POST, so that no mail scanner uses the link up. */

import { send } from "./api.js";
import { $, replacePanel } from "./dom.js";
import { linkParts } from "./link.js";

try {
  const { email } = await send("/api/me/address/", { method: "POST", body: linkParts });
  $("#done [data-email]").textContent = email;
  replacePanel($("#working"), $("#done"));
} catch (error) {
  $("#why").textContent = error.body?.detail ?? error.message;
  replacePanel($("#working"), $("#failed"));
}
