"""Who is asking: tokens from cookies or the Authorization header."""

from typing import Any

from django.http import HttpRequest
from rest_framework_simplejwt.authentication import (
    JWTAuthentication,
    JWTStatelessUserAuthentication,
)


class _CookieToken:
    def get_header(self, request: Any) -> bytes | None:
        header = super().get_header(request)  # type: ignore[misc]
        if header is None and (token := request.COOKIES.get("access_token")):
            return b"Bearer " + token.encode()
        return header


class SessionTokenAuthentication(_CookieToken, JWTAuthentication):
    pass


class StreamPass:
    """The part of a stream request's right that only the session store can tell.

    The delivery fetches `cache_key` together with its own keys in one round trip.
    """

    def __init__(self, cache_key: str) -> None:
        self.cache_key = cache_key

    def is_live(self, cached: Any) -> bool:
        """Whether the session still stands; `cached` is what lay under `cache_key`."""
        return True


class StreamTokenAuthentication(_CookieToken, JWTStatelessUserAuthentication):
    def authenticate(self, request: HttpRequest) -> tuple[Any, StreamPass] | None:
        found = super().authenticate(request)
        return found and (found[0], StreamPass(f"session:{found[1].get('sid', '')}"))
