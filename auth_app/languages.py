"""The language that the person of an account has chosen."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.utils import translation
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import cookies
from auth_app.models import EntryPoint, User
from auth_app.tokens import SessionAccessToken, SessionRefreshToken, SessionToken

# Sent by the site's own scripts with what changes something: the language of their page.
HEADER = "X-Language"
# Set by the project on requests whose answers are for the reader, not for one of the contract's
# clients: the user's choice counts as soon as it is known.
FOLLOWS = "follows_language"


def of_script(request: HttpRequest) -> str:
    """The language of the page whose script asks; "" for anybody else."""
    given = request.headers.get(HEADER, "")
    return given if given in dict(settings.LANGUAGES) else ""


def of_cookies(request: HttpRequest) -> str:
    """What the account of the session's cookies has chosen; "" for none. At most one query.

    A page is no secret: whether the session still lives is for the API to say.
    """
    user_id = next(_users(request), None)
    if user_id is None:
        return ""
    with suppress(OperationalError, InterfaceError):  # then the browser's language will do
        found = User.objects.filter(pk=user_id).values_list("language", flat=True)
        return found.first() or ""
    return ""


def _users(request: HttpRequest) -> Iterator[int]:
    for token in cookies.access_tokens(request):
        yield from _user(SessionAccessToken.parse, token)
    for token in cookies.refresh_tokens(request, EntryPoint.API):
        yield from _user(SessionRefreshToken.parse, token)


def _user(parse: Callable[[str], SessionToken], token: str) -> Iterator[int]:
    with suppress(TokenError):
        yield int(parse(token)["user_id"])


def follow(request: Any, user: User) -> None:
    """Go on in the language that the user of an API request has chosen."""
    if user.language and getattr(request, FOLLOWS, False):
        translation.activate(user.language)
