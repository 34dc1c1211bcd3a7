"""Front ends: where they are, their pages, and what browsers may send from there."""

from urllib.parse import urljoin, urlsplit

from core.settings.env import env


def _origin(url: str) -> str:
    """As browsers spell it, without the path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


FRONTEND_URL: str = env.first("FRONTEND_URL", "FRONTEND_BASE_URL")
BACKEND_ORIGIN = _origin(
    env.first("BACKEND_URL", "BACKEND_BASE_URL", "BACKEND_ORIGIN", default="http://127.0.0.1:8000")
)
# Passkeys are bound to this host for ever; by default to the one of BACKEND_URL.
PASSKEY_RP_ID = env.str("PASSKEY_RP_ID", default=urlsplit(BACKEND_ORIGIN).hostname or "")
FRONTEND_ORIGIN = _origin(FRONTEND_URL) if FRONTEND_URL else ""


def _page(variable: str, path: str, built_in: str) -> str:
    """A front end's page; without a front end, the built-in site's."""
    chosen: str = env.str(variable, default=path if FRONTEND_ORIGIN else built_in)
    return urljoin(FRONTEND_ORIGIN or BACKEND_ORIGIN, chosen)


def _login_page(variable: str, path: str) -> str:
    """A FRONTEND_URL that has a path is the login page itself."""
    named = FRONTEND_URL if urlsplit(FRONTEND_URL).path.strip("/") else path
    return _page(variable, named, "/login/")


def _site_page(variable: str, path: str) -> str:
    return urljoin(BACKEND_ORIGIN, env.str(variable, default=path))


_USERS_LOGIN_PAGE = _login_page("USERS_LOGIN_PATH", "/login")

# Where mails and redirects lead, for the clients of each set of paths. The defaults for
# /api are the vanilla client's; for an Angular client set /activate, /confirm-password, …
FRONTEND_PAGES = {
    "api": {
        "activate": _page("FRONTEND_ACTIVATE_PATH", "/pages/auth/activate.html", "/activate/"),
        "reset": _page(
            "FRONTEND_RESET_PATH", "/pages/auth/confirm_password.html", "/reset-password/"
        ),
        "login": _login_page("FRONTEND_LOGIN_PATH", "/pages/auth/login.html"),
        "forgot": _site_page("FRONTEND_FORGOT_URL", "/forgot-password/"),
        # No client of others has these: by default the built-in site's.
        "account": _site_page("FRONTEND_ACCOUNT_URL", "/account/"),
        "address": _site_page("FRONTEND_ADDRESS_URL", "/confirm-address/"),
        # Without a link to check, that client's activation page shows its error.
        "activation_error": _page(
            "FRONTEND_ACTIVATION_ERROR_PATH", "/pages/auth/activate.html", "/activation-failed/"
        ),
    },
    "users": {
        "activate": urljoin(
            BACKEND_ORIGIN, env.str("USERS_ACTIVATE_PATH", default="/users/confirm/")
        ),
        "reset": _page("USERS_RESET_PATH", "/reset-password", "/reset-password/"),
        "login": _USERS_LOGIN_PAGE,
        # That client has no page for errors.
        "activation_error": _page(
            "USERS_ACTIVATION_ERROR_PATH", _USERS_LOGIN_PAGE, _USERS_LOGIN_PAGE
        ),
    },
}

_listed_origins = env.list(
    "CORS_ALLOWED_ORIGINS",
    default=[
        "http://127.0.0.1:5500",
        "http://localhost:5500",
        "http://127.0.0.1:4200",
        "http://localhost:4200",
    ],
)
# The front end's own always belongs to them.
CORS_ALLOWED_ORIGINS = list(dict.fromkeys(filter(None, [*_listed_origins, FRONTEND_ORIGIN])))
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
CORS_ALLOW_HEADERS = [
    *("accept", "authorization", "content-type", "range", "x-csrftoken", "x-retry"),
    # Of resumable uploads (tus).
    *("tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-checksum"),
    *("upload-defer-length", "x-http-method-override", "x-request-id"),
]
CORS_EXPOSE_HEADERS = [
    *("content-length", "content-range", "etag", "retry-after", "x-request-id"),
    *("x-confirm", "x-second-factor"),
    *("location", "upload-offset", "upload-length", "upload-expires", "upload-metadata"),
    *("tus-version", "tus-resumable", "tus-max-size", "tus-extension", "tus-checksum-algorithm"),
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=CORS_ALLOWED_ORIGINS)
