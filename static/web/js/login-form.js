/** The sign-in form, as it stands on `/` and `/login/`. */

import { noteFreshTokens, send } from "./api.js";
import { $, show } from "./dom.js";
import { enhance } from "./forms.js";
import { hasPasskeys, passkeySignIn } from "./passkeys.js";
import { forgetProfile, PROFILES } from "./portraits.js";
import { afterSignIn, rememberedPlace } from "./session.js";

export function startLoginForm() {
  enhance($("#login-form"), {
    send: (values) => send("/api/login/", { method: "POST", body: values }).catch(askForFactor),
    done: enter,
  });
  const provider = $("#provider");
  const next = new URLSearchParams(location.search).get("next") ?? rememberedPlace();
  if (provider) provider.search = new URLSearchParams({ next });
  if (hasPasskeys()) show($("#passkey"));
  $("#passkey button").addEventListener("click", signInWithPasskey);
}

async function enter() {
  noteFreshTokens();
  forgetProfile();
  const next = afterSignIn(location.search, location.origin);
  const profiles = await send(PROFILES).catch(() => []);
  location.replace(profiles.length > 1 ? `/profiles/?${new URLSearchParams({ next })}` : next);
}

/** The password was right; the first time this is a question and no mistake. */
function askForFactor(error) {
  if (!error.asks?.factor) throw error;
  show($("#code-field"));
  $("#code").value = "";
  error.body = { code: [error.message] };
  throw error;
}

async function signInWithPasskey() {
  const summary = $("#login-form .form-error");
  show(summary, false);
  try {
    await passkeySignIn();
    await enter();
  } catch (error) {
    if (error.name === "NotAllowedError") return; // the person has cancelled it
    summary.textContent = error.message;
    show(summary);
  }
}
