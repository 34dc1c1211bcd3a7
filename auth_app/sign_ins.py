"""Signing in and out: checking credentials, beginning and ending a session with them."""

import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.http import HttpRequest
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import factors, limits, passkeys, sessions
from auth_app.errors import TooManyAttemptsError, WrongCredentialsError
from auth_app.managers import normalized
from auth_app.models import EntryPoint, Session, User
from auth_app.sessions import Client
from auth_app.tokens import SessionAccessToken, SessionRefreshToken, SessionToken

logger = logging.getLogger(__name__)

SIGN_IN_ATTEMPTS = 3


class Credentials(NamedTuple):
    """A login and a password, and the request that brought them."""

    request: HttpRequest
    login: str
    password: str
    code: str = ""


def check_credentials(request: HttpRequest, login: str, password: str, code: str = "") -> User:
    """The active user with that login and password, whose second factor is proved if there is
    one: by `code`, else `FactorRequiredError`."""
    user = check_password(request, login, password)
    factors.prove(user, code)
    return user


def check_password(request: HttpRequest, login: str, password: str) -> User:
    """The active user with that login and password; signs nobody in.

    Every attempt is counted before the password is compared, so that parallel guesses
    count as well; a success resets the counts.
    """
    meant = User.objects.by_login(login)
    who = meant.email if meant else normalized(login)
    about = {"user_id": meant and meant.pk, "ip": limits.client_address(request)}
    if wait := _seconds_locked(who):
        logger.warning("sign_in_locked", extra=about)
        raise TooManyAttemptsError(wait)
    user = authenticate(request, username=login, password=password)
    if not isinstance(user, User):
        logger.warning("sign_in_failed", extra=about)
        raise WrongCredentialsError
    for scope in limits.ACCOUNT_SCOPES:
        limits.forget(scope, who)
    return user


def _seconds_locked(who: str) -> int:
    """Attempts that the shorter window refused do not count in the longer one."""
    waits = (limits.hit(scope, who) for scope in limits.ACCOUNT_SCOPES)
    return next(filter(None, waits), 0)


def sign_in(
    credentials: Credentials, entry_point: str, client: Client, *, remember: bool
) -> Session:
    """A new session for the user whose credentials these are.

    The check is repeated when the user changes before the session begins, because a
    parallel sign-in may only have upgraded the hash.
    """
    for _ in range(SIGN_IN_ATTEMPTS):
        user = check_credentials(*credentials)
        try:
            session = begin(user, entry_point, client, remember=remember)
        except sessions.UserChangedError:
            continue
        logger.info(
            "signed_in", extra={"user_id": user.pk, "ip": client.ip, "entry_point": entry_point}
        )
        return session
    raise WrongCredentialsError


def sign_in_with_passkey(attempt: str, answer: dict[str, Any], client: Client) -> Session:
    """A new session for the owner of the passkey that has signed."""
    user = passkeys.user_of(attempt, answer)
    session = begin(user, EntryPoint.API, client, remember=False)
    logger.info("signed_in", extra={"user_id": user.pk, "ip": client.ip, "entry_point": "passkey"})
    return session


@transaction.atomic
def begin(user: User, entry_point: str, client: Client, *, remember: bool) -> Session:
    """A session of a user who was just checked, as `sessions.begin`; notes when it was."""
    session = sessions.begin(user, entry_point, client, remember=remember)
    update_last_login(User, user)
    return session


def sign_out(refresh: Iterable[str], access: Iterable[str], client: Client) -> None:
    """End the session of every token; invalid tokens are ignored."""
    for raw in refresh:
        _end_session(SessionRefreshToken, raw, client)
    for raw in access:
        _end_session(SessionAccessToken, raw, client)


def _end_session(kind: type[SessionToken], raw: str, client: Client) -> None:
    try:
        token = kind.parse(raw)
    except TokenError:
        return
    if sessions.end(token.session_id, "signed out"):
        logger.info("signed_out", extra={"user_id": int(token["user_id"]), "ip": client.ip})
