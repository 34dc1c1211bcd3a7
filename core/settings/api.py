"""The HTTP API: REST framework, tokens and their cookies, CORS, front ends."""

from datetime import timedelta
from urllib.parse import urlsplit

from core.settings.env import env
from core.settings.security import HTTPS, SECRET_KEY


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


FRONTEND_URL = env.first("FRONTEND_URL", "FRONTEND_BASE_URL")
FRONTEND_ORIGIN = _origin(FRONTEND_URL) if FRONTEND_URL else ""
BACKEND_ORIGIN = _origin(
    env.first("BACKEND_URL", "BACKEND_BASE_URL", "BACKEND_ORIGIN", default="http://127.0.0.1:8000")
)

CORS_ALLOWED_ORIGINS = env.list(
    "CORS_ALLOWED_ORIGINS",
    default=[
        "http://127.0.0.1:5500",
        "http://localhost:5500",
        "http://127.0.0.1:4200",
        "http://localhost:4200",
    ],
)
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "range", "x-csrftoken", "x-retry"]
CORS_EXPOSE_HEADERS = ["content-length", "content-range", "etag", "retry-after", "x-request-id"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=CORS_ALLOWED_ORIGINS)

ACCESS_TOKEN_MINUTES = env.int("ACCESS_TOKEN_MINUTES", default=60)
REFRESH_TOKEN_DAYS = env.int("REFRESH_TOKEN_DAYS", default=7)
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=ACCESS_TOKEN_MINUTES),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=REFRESH_TOKEN_DAYS),
    "SIGNING_KEY": env.str("JWT_SIGNING_KEY", default=SECRET_KEY),
    "LEEWAY": 15,
    "UPDATE_LAST_LOGIN": True,
}
JWT_COOKIE_SECURE = env.bool("JWT_COOKIE_SECURE", default=HTTPS)
JWT_COOKIE_SAMESITE = env.str("JWT_COOKIE_SAMESITE", default="Lax")
JWT_COOKIE_DOMAIN = env.str("JWT_COOKIE_DOMAIN", default="") or None

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["auth_app.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.errors.exception_handler",
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# The streaming path: signature and one look into the cache, no database.
STREAM_AUTHENTICATION = "auth_app.authentication.StreamTokenAuthentication"

SPECTACULAR_SETTINGS = {
    "TITLE": "Videoflix",
    "DESCRIPTION": "Accounts, catalogue and HLS streaming.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
