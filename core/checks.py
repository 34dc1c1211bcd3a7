"""What is wrong with the settings: mistakes, which are fatal, and weaknesses, which are fatal
in production and told by `manage.py check --deploy`."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from auth_app.limits import Limit
from core.weaknesses import LOCAL_HOSTS, weaknesses
from video_app.store import cdn

WEEK = 7 * 24 * 3600  # the longest life of a signed link into a bucket
SAME_SITES = {"lax", "strict", "none"}
# Into files, and into the mail catcher that docker-compose.yml starts.
UNDELIVERED = {"", "mailpit"}
NO_MAIL = Warning(
    "No mail is delivered, so no account can be activated.",
    hint="Set EMAIL_HOST to an SMTP server.",
    id="core.W001",
)


@register(Tags.security, deploy=True)
def weak_configuration(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    found = [*weaknesses(), *_mistakes()]
    errors: list[CheckMessage] = [Error(text, id=f"core.E{number:03}") for number, text in found]
    return [*errors, NO_MAIL] if settings.EMAIL_HOST in UNDELIVERED else errors


def refuse_mistakes() -> None:
    """Raise for what would only show when somebody signs in or clicks a mail's link."""
    if found := [text for _, text in _mistakes()]:
        raise ImproperlyConfigured(" ".join(found))


def refuse_weak_production() -> None:
    """Raise when this is production and its secrets can be guessed or read in the sources."""
    if settings.PRODUCTION and (found := [text for _, text in weaknesses()]):
        raise ImproperlyConfigured("PRODUCTION=True refuses to start: " + " ".join(found))


def _mistakes() -> Iterator[tuple[int, str]]:
    yield from _browser_mistakes()
    if settings.FRONTEND_URL and not _is_web_address(settings.FRONTEND_URL):
        yield 11, "FRONTEND_URL has to begin with http:// or https:// and a host."
    if not _is_web_address(settings.BACKEND_ORIGIN):
        yield 12, "BACKEND_URL has to begin with http:// or https:// and a host."
    if settings.OIDC_ISSUER and not _is_guarded_address(settings.OIDC_ISSUER):
        yield 23, "OIDC_ISSUER has to begin with https:// (http:// for localhost only)."
    for scope, rate in settings.THROTTLE_RATES.items():
        if not _is_rate(rate):
            yield 13, f"THROTTLE_{scope.upper()} has to be like 20/min (s, min, h, day)."
    if settings.USE_S3_MEDIA:
        yield from _bucket_mistakes()


def _browser_mistakes() -> Iterator[tuple[int, str]]:
    same_site = settings.JWT_COOKIE_SAMESITE.lower()
    if same_site == "none" and not settings.JWT_COOKIE_SECURE:
        yield 9, "JWT_COOKIE_SAMESITE=None has to come with JWT_COOKIE_SECURE=True."
    if same_site not in SAME_SITES:
        yield 10, "JWT_COOKIE_SAMESITE has to be Lax, Strict or None."
    if settings.SECURE_HSTS_PRELOAD and not settings.SECURE_HSTS_INCLUDE_SUBDOMAINS:
        yield 22, "HSTS_PRELOAD has to come with HSTS_INCLUDE_SUBDOMAINS=True."


def _bucket_mistakes() -> Iterator[tuple[int, str]]:
    # With dots, links to it would begin with another host, and TLS would not know it.
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]+", settings.AWS_STORAGE_BUCKET_NAME):
        yield 14, "AWS_STORAGE_BUCKET_NAME has to be a name of a-z, 0-9 and -."
    if not (settings.AWS_S3_REGION_NAME or settings.AWS_S3_ENDPOINT_URL):
        yield 15, "USE_S3_MEDIA needs AWS_S3_REGION_NAME, or AWS_S3_ENDPOINT_URL."
    if settings.AWS_S3_ENDPOINT_URL and not _is_web_address(settings.AWS_S3_ENDPOINT_URL):
        yield 16, "AWS_S3_ENDPOINT_URL has to begin with http:// or https:// and a host."
    public = settings.AWS_S3_PUBLIC_ENDPOINT_URL
    if public and not _is_web_address(public):
        yield 23, "AWS_S3_PUBLIC_ENDPOINT_URL has to begin with http:// or https:// and a host."
    if settings.FILE_URL_SECONDS > WEEK:
        yield 17, "FILE_URL_SECONDS can be a week at most with USE_S3_MEDIA."
    if settings.MEDIA_CDN_URL:
        yield from _cdn_mistakes()
    if find_spec("boto3") is None:
        yield 18, "USE_S3_MEDIA needs boto3: pip install -r requirements-s3.txt"


def _cdn_mistakes() -> Iterator[tuple[int, str]]:
    if not _is_web_address(settings.MEDIA_CDN_URL):
        yield 24, "MEDIA_CDN_URL has to begin with http:// or https:// and a host."
    elif problem := cdn.problem():
        yield 25, f"Links through MEDIA_CDN_URL cannot be signed: {problem}"


def _is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_guarded_address(url: str) -> bool:
    parts = urlsplit(url)
    is_here = parts.hostname in LOCAL_HOSTS
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_here)
    )


def _is_rate(rate: str) -> bool:
    try:
        Limit.parse(rate)
    except ValueError:
        return False
    return True
