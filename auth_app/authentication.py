"""Authentication by a session's access token, from the Authorization header or a cookie."""

import uuid
from typing import Any, NamedTuple

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import cookies, sessions
from auth_app.models import Session
from auth_app.tokens import SessionAccessToken, TokenUser

CHALLENGE = 'Bearer realm="api"'


class _TokenAuthentication(BaseAuthentication):
    """Uses the first valid token.

    An invalid cookie is ignored, so that a stale one breaks no anonymous endpoint; an
    invalid Authorization header is an error.
    """

    def authenticate(self, request: HttpRequest) -> tuple[Any, Any] | None:
        bearer = bearer_token(request)
        for raw in [bearer] if bearer else cookies.access_tokens(request):
            if found := self._principal(raw):
                return found
        if bearer:
            raise AuthenticationFailed("The access token is invalid or expired.")
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


class SessionTokenAuthentication(_TokenAuthentication):
    """The user from the database, with one query; `request.auth` is the session."""

    def principal(self, token: SessionAccessToken) -> tuple[Any, Any] | None:
        session = Session.objects.live().filter(pk=token.session_id).first()
        return (session.user, session) if session else None


class StreamRights(NamedTuple):
    """Whether the session is live, and whether its user is staff."""

    is_live: bool
    is_staff: bool


class StreamPass:
    """Finds out whether a stream request's session is live.

    The delivery fetches `cache_key` together with its own keys in one round trip.
    """

    def __init__(self, session_id: uuid.UUID) -> None:
        self._session_id = session_id
        self.cache_key = sessions.cache_key(session_id)

    def rights(self, cached: Any) -> StreamRights:
        """`cached` is the value of `cache_key`; without one the database is queried."""
        known = cached in (sessions.LIVE, sessions.STAFF, sessions.OVER)
        state = cached if known else sessions.state(self._session_id)
        return StreamRights(is_live=state != sessions.OVER, is_staff=state == sessions.STAFF)


class StreamTokenAuthentication(_TokenAuthentication):
    """Without a query: the user as the token describes them, and a `StreamPass` to check."""

    def principal(self, token: SessionAccessToken) -> tuple[TokenUser, StreamPass]:
        return TokenUser(token), StreamPass(token.session_id)

    def pass_of(self, session_id: uuid.UUID) -> StreamPass:
        """For a right that was handed out in a session and ends with it."""
        return StreamPass(session_id)


def bearer_token(request: HttpRequest | Request) -> str:
    """The token of the Authorization header; "" without one."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
