"""The tokens of a session. They are computed from its row and never stored."""

import re
import uuid
from collections.abc import Hashable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Self, cast

from django.utils.functional import cached_property
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.models import TokenUser as StatelessUser
from rest_framework_simplejwt.tokens import AccessToken, Token
from rest_framework_simplejwt.utils import aware_utcnow

from auth_app.models import Session

PRIMARY_KEY = re.compile(r"[1-9][0-9]{0,17}")  # ASCII digits that fit the column


class SessionToken(Token):
    """A token that names its session."""

    @cached_property
    def session_id(self) -> uuid.UUID:
        return uuid.UUID(self["sid"])

    def verify(self) -> None:
        super().verify()
        try:
            uuid.UUID(self["sid"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TokenError("Token names no session") from error
        if not PRIMARY_KEY.fullmatch(str(self.get("user_id"))):
            raise TokenError("Token names no user")

    @classmethod
    def parse(cls, raw: str) -> Self:
        """A genuine token that has not expired; otherwise `TokenError`.

        Neither library checks the type of a claim: `exp` may be a word or infinite.
        """
        try:
            return cls._verified(raw)
        except (TypeError, ValueError, OverflowError) as error:
            raise TokenError("Token has a senseless claim") from error

    @classmethod
    def _verified(cls, raw: str) -> Self:
        return cls(raw)  # type: ignore[arg-type]  # the library's own annotation is wrong

    @classmethod
    def of(cls, session: Session) -> Self:
        token = cls()
        token["sid"] = session.pk.hex
        token["user_id"] = str(session.user_id)
        return token


class SessionAccessToken(SessionToken, AccessToken):
    expires_at: datetime  # to the microsecond, where the claim knows whole seconds

    @classmethod
    def of(cls, session: Session) -> Self:
        """It does not outlive the session's refresh token."""
        token = super().of(session)
        token.expires_at = min(token.current_time + token.lifetime, session.refresh_expires_at)
        token.set_exp(from_time=token.expires_at, lifetime=timedelta())
        return token

    @classmethod
    def _verified(cls, raw: str) -> Self:
        """The signature is checked once, because players send the token with every segment."""
        token: Self = copy(_genuine(cast(Hashable, cls), raw))
        token.current_time = aware_utcnow()
        token.check_exp()
        return token


@lru_cache(maxsize=1024)
def _genuine(kind: Any, raw: str) -> Any:
    return kind(raw)


class SessionRefreshToken(SessionToken):
    token_type = "refresh"  # noqa: S105
    lifetime = timedelta()  # set from the session

    @property
    def jti(self) -> str:
        return str(self["jti"])

    @classmethod
    def of(cls, session: Session) -> Self:
        """The session's current refresh token; every call returns the same bytes."""
        token = super().of(session)
        token["jti"] = session.current_jti
        token.set_iat(at_time=session.rotated_at)
        token.set_exp(from_time=session.refresh_expires_at, lifetime=timedelta())
        return token


class TokenUser(StatelessUser):
    """The user as an access token describes them."""

    @cached_property
    def id(self) -> int:  # type: ignore[override]
        return int(self.token["user_id"])


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    access_expires_at: datetime
    refresh: str
    refresh_expires_at: datetime


def tokens_of(session: Session) -> Tokens:
    """A fresh access token and the current refresh token."""
    access = SessionAccessToken.of(session)
    return Tokens(
        access=str(access),
        access_expires_at=access.expires_at,
        refresh=str(SessionRefreshToken.of(session)),
        refresh_expires_at=session.refresh_expires_at,
    )
