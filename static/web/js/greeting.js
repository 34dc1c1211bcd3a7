/** `/film/<id>/` for strangers: they come back here once they are signed in. */

import { startLoginForm } from "./login-form.js";
import { rememberPlace } from "./session.js";

rememberPlace(location.pathname);
startLoginForm();
