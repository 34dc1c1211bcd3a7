"""Who is asking: a session's access token, from the Authorization header or a cookie."""

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
    """Finds the first token that is good.

    A bad cookie counts as none, so that a stale one breaks no anonymous endpoint; a
    bad Authorization header is somebody's mistake and is told so.
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
    """Whether the session still stands, and whether it is one of staff."""

    is_live: bool
    is_staff: bool


class StreamPass:
    """The part of a stream request's right that only the session store can tell.

    The delivery fetches `cache_key` together with its own keys in one round trip.
    """

    def __init__(self, token: SessionAccessToken) -> None:
        self._session_id = token.session_id
        self.cache_key = sessions.cache_key(token.session_id)

    def rights(self, cached: Any) -> StreamRights:
        """`cached` is what lay under `cache_key`; the database is asked when nothing did."""
        known = cached in (sessions.LIVE, sessions.STAFF, sessions.OVER)
        state = cached if known else sessions.state(self._session_id)
        return StreamRights(is_live=state != sessions.OVER, is_staff=state == sessions.STAFF)


class StreamTokenAuthentication(_TokenAuthentication):
    """No query and no round trip: the token's own word and a `StreamPass` to check it."""

    def principal(self, token: SessionAccessToken) -> tuple[TokenUser, StreamPass]:
        return TokenUser(token), StreamPass(token)


def bearer_token(request: HttpRequest | Request) -> str:
    """The token of the Authorization header; "" without one."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
