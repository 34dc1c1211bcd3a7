/** The sign-in form, as it stands on `/` and `/login/`. */

import { noteFreshTokens, send } from "./api.js";
import { $ } from "./dom.js";
import { enhance } from "./forms.js";

export function startLoginForm() {
  enhance($("#login-form"), {
    send: (values) => send("/api/login/", { method: "POST", body: values }),
    done: () => {
      noteFreshTokens();
      location.replace(destination());
    },
  });
}

/** `?next=`, as long as it stays on this site. */
function destination() {
  const next = new URLSearchParams(location.search).get("next") ?? "/";
  const url = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
  return url?.origin === location.origin ? url.href : "/";
}
