"""Outgoing mail: SMTP when `EMAIL_HOST` is set, otherwise files in `var/mail/`."""

import hmac

from core.settings.base import PRODUCTION
from core.settings.env import VAR_DIR, env
from core.settings.security import SECRET_KEY

EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587, minimum=1, maximum=65535)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Videoflix <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

EMAIL_FILE_PATH = VAR_DIR / "mail"
# Opens the pages that show those files. Where mails are really sent there are none.
MAILBOX_TOKEN = env.str("MAILBOX_TOKEN", default="")
if not (MAILBOX_TOKEN or EMAIL_HOST or PRODUCTION):
    MAILBOX_TOKEN = hmac.new(SECRET_KEY.encode(), b"mailbox", "sha256").hexdigest()[:32]
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
