"""The HTTP API: REST framework, tokens and their cookies."""

from datetime import timedelta

from core.settings.env import env
from core.settings.security import HTTPS, NUM_PROXIES, SECRET_KEY


def _minutes(subject: str, days: int) -> int:
    """A life in minutes: `<subject>_MINUTES`, or `<subject>_DAYS`."""
    in_days = env.int(f"{subject}_DAYS", default=days, maximum=3650)
    minutes = env.int(f"{subject}_MINUTES", default=in_days * 24 * 60, maximum=3650 * 24 * 60)
    return int(minutes)


# Lifetimes. The vanilla client refreshes its token every 20 minutes and has no other way to
# recover from a 401; an Angular client refreshes every 50.
ACCESS_TOKEN_MINUTES = env.int("ACCESS_TOKEN_MINUTES", default=60, minimum=1, maximum=24 * 60)
REFRESH_TOKEN_MINUTES = _minutes("REFRESH_TOKEN", days=7)
# Of /users: without "remember me", and with it.
USERS_REFRESH_TOKEN_MINUTES = env.int("USERS_REFRESH_TOKEN_MINUTES", default=60, minimum=1)
REMEMBER_TOKEN_MINUTES = _minutes("REMEMBER_TOKEN", days=7)
# However often it is refreshed, a sign-in ends after this.
SESSION_MAX_MINUTES = _minutes("SESSION_MAX", days=90)
# One refresh token may be used again for so long: pages fire several refreshes at once.
REFRESH_GRACE_SECONDS = env.int("REFRESH_GRACE_SECONDS", default=30, maximum=3600)
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=ACCESS_TOKEN_MINUTES),
    # A key of its own, so that it and SECRET_KEY can be changed one at a time.
    "SIGNING_KEY": env.str("JWT_SIGNING_KEY", default=SECRET_KEY),
    # Nodes' clocks differ; PyJWT refuses a token issued "in the future".
    "LEEWAY": 15,
}
JWT_COOKIE_NAMES = {
    "api": (
        env.str("ACCESS_COOKIE_NAME", default="access_token"),
        env.str("REFRESH_COOKIE_NAME", default="refresh_token"),
    ),
    "users": (
        env.str("USERS_ACCESS_COOKIE_NAME", default="vf_access"),
        env.str("USERS_REFRESH_COOKIE_NAME", default="vf_refresh"),
    ),
}
JWT_COOKIE_SECURE = env.bool("JWT_COOKIE_SECURE", default=HTTPS)
JWT_COOKIE_SAMESITE = env.choice("JWT_COOKIE_SAMESITE", ("Lax", "Strict", "None"), default="Lax")
JWT_COOKIE_DOMAIN = env.str("JWT_COOKIE_DOMAIN", default="") or None
# The vanilla client reads it, and could not from another subdomain.
CSRF_COOKIE_DOMAIN = JWT_COOKIE_DOMAIN

# Where request bodies may be big; the views there authenticate before they read.
UPLOAD_PREFIXES = ("/api/video", "/api/uploads")

# Receivers of webhooks that may stand on an inner address, by host name: a house's own.
WEBHOOK_ALLOWED_HOSTS = env.list("WEBHOOK_ALLOWED_HOSTS", default=[])

# How often per window, as "20/min" (s, min, h, day). By client address unless it says account.
THROTTLE_RATES = {
    "login": env.str("THROTTLE_LOGIN", default="60/min"),
    # Failures of one account, whoever tries.
    "account": env.str("THROTTLE_ACCOUNT", default="5/min"),
    "account_long": env.str("THROTTLE_ACCOUNT_LONG", default="60/h"),
    # Second factors of one account: a code has six digits.
    "factor": env.str("THROTTLE_FACTOR", default="5/min"),
    "factor_long": env.str("THROTTLE_FACTOR_LONG", default="30/h"),
    # Wrong PINs of profiles, per account: four digits are enough.
    "pin": env.str("THROTTLE_PIN", default="5/min"),
    "pin_long": env.str("THROTTLE_PIN_LONG", default="10/h"),
    "refresh": env.str("THROTTLE_REFRESH", default="300/min"),
    "register": env.str("THROTTLE_REGISTER", default="60/h"),
    "mail": env.str("THROTTLE_MAIL", default="60/h"),
    "link": env.str("THROTTLE_LINK", default="60/min"),
    "email_exists": env.str("THROTTLE_EMAIL_EXISTS", default="240/min"),
}
# Who may make an account: everybody, whoever staff invite, nobody.
SIGN_UP = env.choice("SIGN_UP", ("open", "invitation", "closed"), default="open")
# Staff who have no second factor may set one up, and nothing else.
SECOND_FACTOR_FOR_STAFF = env.bool("SECOND_FACTOR_FOR_STAFF", default=False)
# For so long after the password was given the account itself may be changed.
FRESH_SIGN_IN_MINUTES = env.int("FRESH_SIGN_IN_MINUTES", default=15, minimum=1, maximum=1440)
# Between asking for it and the end of the account.
ACCOUNT_DELETION_DAYS = env.int("ACCOUNT_DELETION_DAYS", default=14, maximum=365)
# Mails of one kind to one address; more are quietly dropped.
MAILS_PER_HOUR = env.int("MAILS_PER_HOUR", default=3, minimum=1, maximum=1000)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["auth_app.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["core.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.parsing.NeverNotAcceptable",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.errors.exception_handler",
    "NUM_PROXIES": NUM_PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# The streaming path: signature and one look into the cache, no database.
STREAM_AUTHENTICATION = "auth_app.authentication.StreamTokenAuthentication"
# Who did what: the other app writes there too.
AUDIT = "auth_app.audit.record"
# What `/users/login/` tells of the films that a user has marked.
FAVORITES = "video_app.catalogue.marks.favorites"
# What else people leave behind there: to show, to clear, to delete.
PERSONAL_DATA = "video_app.catalogue.personal"

SPECTACULAR_SETTINGS = {
    "TITLE": "Videoflix",
    "DESCRIPTION": (
        "Accounts, catalogue and HLS streaming. `docs/frontends.md` says how a front end signs in, "
        "stays signed in and plays films; `session` is the cookie that signing in sets (fetch with "
        "`credentials`), `token` an API token of a program, with the scope that is named."
    ),
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/", "description": "this site"}],
    "TAGS": [
        {"name": "accounts", "description": "Signing up, in and out."},
        {"name": "me", "description": "One's own account; for sessions, not for API tokens."},
        {"name": "catalogue", "description": "What there is to watch."},
        {"name": "my films", "description": "One's favourites, positions and history."},
        {"name": "stream", "description": "What players fetch."},
        {"name": "play links", "description": "Addresses for players without cookies."},
        {"name": "playback", "description": "How films play, for whoever runs the site."},
        {"name": "uploads", "description": "Adding films."},
        {"name": "describing", "description": "Subtitles, for who may change a film."},
        {"name": "webhooks", "description": "Telling other systems what became of films."},
    ],
    # An upload's file is binary in requests, an address in answers.
    "COMPONENT_SPLIT_REQUEST": True,
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PREPROCESSING_HOOKS": ["core.schema.canonical_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "video_app.api.stream_docs.add_streams",
        "core.schema.describe_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "WebhookEvent": "video_app.models.Event",
        "VideoState": "video_app.models.State",
    },
    # The schema and its pages are for everybody, also without an account.
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}
