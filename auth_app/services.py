"""What happens to accounts: rows change here and nowhere else."""

import logging
from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.http import HttpRequest
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import limits, sessions
from auth_app.managers import normalized
from auth_app.models import Session, User
from auth_app.sessions import Origin
from auth_app.tokens import SessionRefreshToken

logger = logging.getLogger(__name__)


class WrongCredentialsError(Exception):
    """Unknown, wrong or not active: nobody is told which."""


@dataclass
class TooManyAttemptsError(Exception):
    """This account has had too many failures; `wait` is in seconds."""

    wait: int


def check_credentials(request: HttpRequest, login: str, password: str) -> User:
    """The active user with that login and password.

    Every attempt is counted before the password is looked at, so that parallel guesses
    do not slip through; a success gives the counts back.
    """
    who = normalized(login)
    origin = {"ip": limits.client_address(request)}
    if wait := max(limits.hit(scope, who) for scope in limits.ACCOUNT_SCOPES):
        logger.warning("sign_in_locked", extra=origin | {"user_id": _id_of(who)})
        raise TooManyAttemptsError(wait)
    user = authenticate(request, username=login, password=password)
    if not isinstance(user, User):
        logger.warning("sign_in_failed", extra=origin | {"user_id": _id_of(who)})
        raise WrongCredentialsError
    for scope in limits.ACCOUNT_SCOPES:
        limits.forget(scope, who)
    return user


def sign_in(user: User, door: str, origin: Origin, *, remember: bool) -> Session:
    session = sessions.begin(user, door, origin, remember=remember)
    update_last_login(User, user)
    logger.info("signed_in", extra={"user_id": user.pk, "ip": origin.ip, "door": door})
    return session


def sign_out(raw_refresh_token: str, origin: Origin) -> None:
    """End the session that the token names; a token that names none changes nothing."""
    try:
        token = SessionRefreshToken(raw_refresh_token)
    except TokenError:
        return
    if sessions.end(token.session_id, "signed out"):
        logger.info("signed_out", extra={"user_id": int(token["user_id"]), "ip": origin.ip})


def _id_of(login: str) -> int | None:
    return User.objects.filter(email=login).values_list("pk", flat=True).first()
