"""Secrets, hosts, HTTPS, headers, passwords. `PRODUCTION=True` turns everything strict."""

from csp.constants import NONE, SELF

from core.settings.base import PRODUCTION
from core.settings.bucket import BUCKET_ORIGINS
from core.settings.env import VAR_DIR, env
from core.settings.secrets import stored_secret

SECRET_KEY = env.str("SECRET_KEY", default="") or (
    "" if PRODUCTION else stored_secret(VAR_DIR / "secret_key")
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

HTTPS = env.bool("HTTPS", default=PRODUCTION)
# gunicorn speaks no TLS: with HTTPS there is a proxy that does.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=HTTPS)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Proxies in front of us that append to X-Forwarded-For; 0 = believe no header.
NUM_PROXIES = env.int("NUM_PROXIES", default=int(BEHIND_PROXY), maximum=16)

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
# The proxy and the container ask for health over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^health", r"^healthz"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# These two bind every name below the domain, for a year or for good: only when asked for.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"

# A button for Google's televisions on the page of a film. Its script is Google's: without this the
# site asks no third party for anything.
CAST = env.bool("CAST", default=False)
_CAST_SCRIPTS = {"script-src": [SELF, "https://www.gstatic.com"]} if CAST else {}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        **_CAST_SCRIPTS,
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "connect-src": [SELF, *BUCKET_ORIGINS],
        "img-src": [SELF, "data:", *BUCKET_ORIGINS],
        # hls.js plays from a blob:, transmuxes in a blob: worker, and makes a subtitle
        # track from an empty data:.
        "media-src": [SELF, "blob:", "data:", *BUCKET_ORIGINS],
        "worker-src": [SELF, "blob:"],
    }
}

AUTHENTICATION_BACKENDS = ["auth_app.backends.EmailOrUsernameBackend"]
# Activation and reset links, in seconds.
PASSWORD_RESET_TIMEOUT = 24 * 3600

# The first administrator, see `manage.py ensure_superuser`.
SUPERUSER_USERNAME = env.str("DJANGO_SUPERUSER_USERNAME", default="")
SUPERUSER_EMAIL = env.str("DJANGO_SUPERUSER_EMAIL", default="")
SUPERUSER_PASSWORD = env.str("DJANGO_SUPERUSER_PASSWORD", default="")

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
