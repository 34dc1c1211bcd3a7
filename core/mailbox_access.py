"""Access to the development mailbox, by its token or as a superuser.

Its mails reset passwords, and staff must not read a superuser's. A local address proves
nothing: through a tunnel, or a proxy that adds no header, every client has one.
"""

import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import AuthenticationFailed

from auth_app.authentication import SessionTokenAuthentication

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
COOKIE = "mailbox"


def is_there() -> bool:
    """Whether mails stay in files; never in production."""
    return settings.EMAIL_BACKEND == FILE_BACKEND and not settings.PRODUCTION


def url() -> str:
    """The address that opens it, to be shown in the terminal."""
    query = urlencode({"token": settings.MAILBOX_TOKEN})
    return f"{settings.BACKEND_ORIGIN}{reverse('page-mailbox')}?{query}"


def may_read(request: HttpRequest) -> bool:
    return is_there() and (_has_cookie(request) or _is_superuser(request))


def is_token(given: str) -> bool:
    return is_there() and _equals(given, settings.MAILBOX_TOKEN)


def remember(response: HttpResponse) -> None:
    """Give the browser access until the token changes."""
    response.set_cookie(COOKIE, _proof(), httponly=True, samesite="Lax")


def _has_cookie(request: HttpRequest) -> bool:
    return bool(settings.MAILBOX_TOKEN) and _equals(request.COOKIES.get(COOKIE, ""), _proof())


def _proof() -> str:
    """Not the token itself, because browsers send a cookie to every port of its host."""
    return salted_hmac(__name__, settings.MAILBOX_TOKEN, algorithm="sha256").hexdigest()


def _is_superuser(request: HttpRequest) -> bool:
    """Signed in to the admin or on the site."""
    if request.user.is_superuser:
        return True
    try:
        found = SessionTokenAuthentication().authenticate(request)
    except AuthenticationFailed:
        return False
    return found is not None and bool(found[0].is_superuser)


def _equals(given: str, expected: str) -> bool:
    return bool(expected) and secrets.compare_digest(
        given.encode(errors="replace"), expected.encode()
    )
