"""Weak configuration: told by `manage.py check --deploy`, and fatal in production."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}
GUESSABLE = {"admin", "adminpassword", "password", "changeme", "change-me", "secret", "videoflix"}
SECRET_KEY_LENGTH = 50
# Into files, and into the mail catcher that docker-compose.yml starts.
UNDELIVERED = {"", "mailpit"}
NO_MAIL = Warning(
    "Nobody gets mail, so nobody can activate an account.",
    hint="Set EMAIL_HOST to an SMTP server.",
    id="core.W001",
)


@register(Tags.security, deploy=True)
def weak_configuration(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    errors = [Error(text, id=f"core.E{number:03}") for number, text in _weaknesses()]
    return [*errors, NO_MAIL] if settings.EMAIL_HOST in UNDELIVERED else errors


def refuse_weak_production() -> None:
    """Raise when this is production and could be taken over by whoever reads the sources."""
    if settings.PRODUCTION and (found := [text for _, text in _weaknesses()]):
        raise ImproperlyConfigured("PRODUCTION=True refuses to start: " + " ".join(found))


def _weaknesses() -> Iterator[tuple[int, str]]:
    rules = [
        (1, _is_weak_key(settings.SECRET_KEY), "SECRET_KEY is missing, short or an example."),
        (2, _is_weak_key(_signing_key()), "JWT_SIGNING_KEY is short or an example."),
        (3, settings.DEBUG, "DEBUG is on."),
        (4, "*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS allows every host."),
        (5, _allows_all_origins(), "CORS allows every origin, with credentials."),
        (6, _is_guessable(settings.SUPERUSER_PASSWORD), "The superuser's password is guessable."),
        (7, _has_open_database(), "The database has no password."),
        (8, _has_open_redis(), "Redis on another host has no password."),
        (9, _has_insecure_cross_site_cookies(), "SameSite=None cookies have to be Secure."),
    ]
    return ((number, text) for number, is_weak, text in rules if is_weak)


def _is_weak_key(key: str) -> bool:
    lower = key.lower()
    is_example = lower.startswith("django-insecure") or "change" in lower or "your_" in lower
    return is_example or len(key) < SECRET_KEY_LENGTH or len(set(key)) < 5


def _signing_key() -> str:
    return str(settings.SIMPLE_JWT["SIGNING_KEY"])


def _allows_all_origins() -> bool:
    allows_all = getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False)
    return settings.CORS_ALLOW_CREDENTIALS and (allows_all or "*" in settings.CORS_ALLOWED_ORIGINS)


def _is_guessable(password: str) -> bool:
    return bool(password) and (password.lower() in GUESSABLE or len(password) < 8)


def _has_open_database() -> bool:
    database = settings.DATABASES["default"]
    host = str(database.get("HOST", ""))
    is_socket = host.startswith("/") or not host
    return "postgresql" in database["ENGINE"] and not is_socket and not database.get("PASSWORD")


def _has_open_redis() -> bool:
    url = urlsplit(settings.REDIS_URL)
    return url.hostname not in LOCAL_HOSTS | {None} and not url.password


def _has_insecure_cross_site_cookies() -> bool:
    is_none = settings.JWT_COOKIE_SAMESITE.lower() == "none"
    return is_none and not settings.JWT_COOKIE_SECURE
