"""The tokens' cookies: one pair for each entry point; both are read everywhere."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from auth_app.tokens import Tokens

PATH = "/"
SameSite = Literal["Lax", "Strict", "None"]


def access_tokens(request: HttpRequest) -> Iterator[str]:
    return (token for access, _ in _pairs() if (token := request.COOKIES.get(access)))


def refresh_tokens(request: HttpRequest, entry_point: str) -> list[str]:
    """The refresh tokens of a request, the entry point's own first."""
    names = [_pair(entry_point)[1], *(refresh for _, refresh in _pairs())]
    return [token for name in dict.fromkeys(names) if (token := request.COOKIES.get(name))]


def put(response: HttpResponse, request: HttpRequest, entry_point: str, tokens: Tokens) -> None:
    """Set the entry point's pair and delete the other: a browser is one user."""
    access, refresh = _pair(entry_point)
    _delete(response, *(set(_all_names()) & set(request.COOKIES) - {access, refresh}))
    _set(response, access, tokens.access, tokens.access_expires_at)
    _set(response, refresh, tokens.refresh, tokens.refresh_expires_at)


def clear(response: HttpResponse) -> None:
    """Delete both pairs."""
    _delete(response, *_all_names())


def _delete(response: HttpResponse, *names: str) -> None:
    """A cookie goes only if it is deleted with the attributes that it was set with."""
    for name in names:
        response.delete_cookie(
            name,
            path=PATH,
            domain=settings.JWT_COOKIE_DOMAIN,
            samesite=_same_site(),
        )
        response.cookies[name]["secure"] = settings.JWT_COOKIE_SECURE or ""
        response.cookies[name]["httponly"] = True


def _set(response: HttpResponse, name: str, token: str, expires_at: datetime) -> None:
    response.set_cookie(
        name,
        token,
        max_age=round((expires_at - timezone.now()).total_seconds()),
        path=PATH,
        domain=settings.JWT_COOKIE_DOMAIN,
        secure=settings.JWT_COOKIE_SECURE,
        httponly=True,
        samesite=_same_site(),
    )


def _same_site() -> SameSite:
    return cast(SameSite, settings.JWT_COOKIE_SAMESITE)  # the settings allow no other word


def _pair(entry_point: str) -> tuple[str, str]:
    access, refresh = settings.JWT_COOKIE_NAMES[entry_point]
    return access, refresh


def _pairs() -> list[tuple[str, str]]:
    return [_pair(entry_point) for entry_point in settings.JWT_COOKIE_NAMES]


def _all_names() -> list[str]:
    return [name for pair in _pairs() for name in pair]
