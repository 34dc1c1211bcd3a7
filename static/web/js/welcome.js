/** `/` for visitors who are not signed in. */

import { startLoginForm } from "./login-form.js";

startLoginForm();
