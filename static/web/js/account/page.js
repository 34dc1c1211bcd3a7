/** `/account/` */

import { request } from "../api.js";
import { $, show } from "../dom.js";
import { keepSessionFresh, leaveForLogin, signOut } from "../session.js";
import { startData } from "./data.js";
import { isRequired, startFactors } from "./factors.js";
import { startProfile } from "./profile.js";
import { startProfiles } from "./profiles.js";
import { startSessions } from "./sessions.js";
import { startTokens } from "./tokens.js";

async function start() {
  const me = await request("/api/me/");
  if (me.profile.age_limit !== null) {
    show($("#limited"));
    return;
  }
  await startFactors();
  startProfile(me);
  startData(me);
  show($("#account"));
  if (isRequired()) return; // nothing else is open to them yet
  await Promise.all([startProfiles(), startSessions(), startTokens()]);
}

$("#sign-out").addEventListener("click", signOut);
try {
  await start();
  keepSessionFresh();
} catch (error) {
  if (error.isSessionOver) leaveForLogin();
  else {
    $("#failed").textContent = error.message;
    show($("#failed"));
  }
}
