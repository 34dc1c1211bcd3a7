"""Authentication by a session's access token, from the Authorization header or a cookie."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import api_tokens, cookies, languages, rights, sessions
from auth_app.models import Session
from auth_app.rights import StreamRights
from auth_app.tokens import SessionAccessToken, TokenUser

BAD_TOKEN = _("The API token is invalid or expired.")
SET_UP = _("Staff need a second factor here: please set it up in your account.")
LIMITED = _("A profile with an age limit may not do this. Please change to another one first.")
CHALLENGE = 'Bearer realm="api"'


class _TokenAuthentication(BaseAuthentication):
    """Uses the first valid token.

    An invalid cookie is ignored, so that a stale one breaks no anonymous endpoint; an
    invalid Authorization header is an error.
    """

    def authenticate(self, request: HttpRequest) -> tuple[Any, Any] | None:
        bearer = bearer_token(request)
        if bearer.startswith(api_tokens.PREFIX):
            return self.program(request, bearer)
        for raw in [bearer] if bearer else cookies.access_tokens(request):
            if found := self._principal(raw):
                return found
        if bearer:
            raise AuthenticationFailed(_("The access token is invalid or expired."))
        return None

    def authenticate_header(self, request: HttpRequest) -> str:
        return CHALLENGE

    def _principal(self, raw: str) -> tuple[Any, Any] | None:
        try:
            return self.principal(SessionAccessToken.parse(raw))
        except TokenError:
            return None

    def principal(self, token: SessionAccessToken) -> tuple[Any, Any] | None:
        raise NotImplementedError

    def program(self, request: HttpRequest, text: str) -> tuple[Any, Any]:
        """Who an API token stands for."""
        raise NotImplementedError


class SessionTokenAuthentication(_TokenAuthentication):
    """The user from the database, with one query; `request.auth` is the session.

    Staff who still lack a second factor that they need may set it up, and nothing else. In a
    profile of limited age one may read, and do what a view names in `limited_may`.
    """

    def authenticate(self, request: HttpRequest) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        view = _view_of(request)
        if found and found[0].lacks_required_factor:
            if view is None:
                return None
            if not getattr(view, "sets_up_factors", False):
                raise PermissionDenied(SET_UP)
        if found:
            languages.follow(request, found[0])
        if found and found[0].age_limit is not None:
            _require_open_to_limited(request, view)
        return found

    def principal(self, token: SessionAccessToken) -> tuple[Any, Any] | None:
        session = Session.objects.live().filter(pk=token.session_id).first()
        return (session.viewer, session) if session else None

    def program(self, request: HttpRequest, text: str) -> tuple[Any, Any]:
        """Only for methods whose view names scopes in `token_scopes`, one of which is enough."""
        token = api_tokens.find(text)
        if token is None:
            raise AuthenticationFailed(BAD_TOKEN)
        scopes = getattr(_view_of(request), "token_scopes", {}).get(str(request.method), ())
        if not scopes:
            raise PermissionDenied(_("API tokens cannot do this."))
        if not set(scopes) & set(token.scopes):
            lacking = _("This API token lacks the scope %(scope)s.")
            raise PermissionDenied(lacking % {"scope": " or ".join(scopes)})
        return token.user, token


def _require_open_to_limited(request: Any, view: Any) -> None:
    if request.method not in getattr(view, "limited_may", SAFE_METHODS):
        raise PermissionDenied(LIMITED)


def _view_of(request: Any) -> Any:
    return getattr(request, "parser_context", {}).get("view")


class StreamPass:
    """Finds out whether a stream request's session, or API token, is live.

    The delivery fetches `cache_key` together with its own keys in one round trip.
    """

    def __init__(self, cache_key: str, state: Callable[[], str]) -> None:
        self.cache_key = cache_key
        self._state = state

    @classmethod
    def of_session(cls, session_id: uuid.UUID) -> "StreamPass":
        return cls(sessions.cache_key(session_id), partial(sessions.state, session_id))

    @classmethod
    def of_program(cls, text: str) -> "StreamPass":
        digest = api_tokens.digest(text)
        return cls(api_tokens.cache_key(digest), partial(api_tokens.state, digest))

    def rights(self, cached: Any) -> StreamRights:
        """`cached` is the value of `cache_key`; without one the database is queried."""
        known = rights.parse(cached) or rights.parse(self._state())
        return known or StreamRights(is_live=False, is_staff=False)


class StreamTokenAuthentication(_TokenAuthentication):
    """Without a query: the user as the token describes them, and a `StreamPass` to check."""

    def principal(self, token: SessionAccessToken) -> tuple[TokenUser, StreamPass]:
        return TokenUser(token), StreamPass.of_session(token.session_id)

    def program(self, request: HttpRequest, text: str) -> tuple[AnonymousUser, StreamPass]:
        return AnonymousUser(), StreamPass.of_program(text)

    def pass_of(self, session_id: uuid.UUID) -> StreamPass:
        """For a right that was handed out in a session and ends with it."""
        return StreamPass.of_session(session_id)


def bearer_token(request: HttpRequest | Request) -> str:
    """The token of the Authorization header; "" without one."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
