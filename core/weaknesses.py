"""What can be guessed or is open: settings that production does not start with."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings

from core.guessing import GUESSABLE, is_guessable, is_weak_key, is_weak_token

LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}


def weaknesses() -> Iterator[tuple[int, str]]:
    rules = [
        (1, is_weak_key(settings.SECRET_KEY), "SECRET_KEY is missing, short or an example."),
        (2, is_weak_key(_signing_key()), "JWT_SIGNING_KEY is short or an example."),
        (3, settings.DEBUG, "DEBUG is on."),
        (4, "*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS allows every host."),
        (5, _allows_all_origins(), "CORS allows every origin, with credentials."),
        (6, is_guessable(settings.SUPERUSER_PASSWORD), "The superuser's password is guessable."),
        (7, _has_open_database(), "The database has no password."),
        (8, _has_open_redis(), "Redis on another host has no password."),
        (19, _database_password() in GUESSABLE, "The database's password is a default one."),
        (20, _redis_password() in GUESSABLE, "Redis's password is a default one."),
        (21, is_weak_token(settings.RQ_API_TOKEN), "RQ_API_TOKEN needs 16 random characters."),
    ]
    return ((number, text) for number, is_weak, text in rules if is_weak)


def _signing_key() -> str:
    return str(settings.SIMPLE_JWT["SIGNING_KEY"])


def _allows_all_origins() -> bool:
    allows_all = getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False)
    return settings.CORS_ALLOW_CREDENTIALS and (allows_all or "*" in settings.CORS_ALLOWED_ORIGINS)


def _database_password() -> str:
    return str(settings.DATABASES["default"].get("PASSWORD") or "").lower()


def _redis_password() -> str:
    return unquote(urlsplit(settings.REDIS_URL).password or "").lower()


def _has_open_database() -> bool:
    database = settings.DATABASES["default"]
    host = str(database.get("HOST", ""))
    is_socket = host.startswith("/") or not host
    return "postgresql" in database["ENGINE"] and not is_socket and not database.get("PASSWORD")


def _has_open_redis() -> bool:
    url = urlsplit(settings.REDIS_URL)
    return url.hostname not in LOCAL_HOSTS | {None} and not url.password
