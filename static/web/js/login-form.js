/** The sign-in form, as it stands on `/` and `/login/`. */

import { noteFreshTokens, send } from "./api.js";
import { $ } from "./dom.js";
import { enhance } from "./forms.js";
import { afterSignIn } from "./session.js";

export function startLoginForm() {
  enhance($("#login-form"), {
    send: (values) => send("/api/login/", { method: "POST", body: values }),
    done: () => {
      noteFreshTokens();
      location.replace(afterSignIn(location.search, location.origin));
    },
  });
}
