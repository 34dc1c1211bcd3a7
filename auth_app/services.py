"""Registering, activating, signing in and out, resetting: every change of an account."""

import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import update_last_login
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import api_tokens, audit, factors, limits, links, mails, passkeys, sessions, sign_ups
from auth_app.errors import (
    AddressTakenError,
    InvalidLinkError,
    SignUpClosedError,
    TooManyAttemptsError,
    WrongCredentialsError,
)
from auth_app.managers import normalized
from auth_app.models import EntryPoint, MailKind, Session, SignUp, User
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
            session = _begin_session(user, entry_point, client, remember=remember)
        except sessions.UserChangedError:
            continue
        logger.info(
            "signed_in", extra={"user_id": user.pk, "ip": client.ip, "entry_point": entry_point}
        )
        return session
    raise WrongCredentialsError


@transaction.atomic
def _begin_session(user: User, entry_point: str, client: Client, *, remember: bool) -> Session:
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


def register(
    email: str,
    password: str,
    entry_point: str,
    client: Client,
    *,
    language: str = "",
    **profile: str,
) -> User:
    """The address's inactive account, with an activation mail enqueued in that language.

    `AddressTakenError` when the address was proved. Until then anybody may sign up with it,
    and the link that is opened decides which sign-up counts. `SignUpClosedError` where
    accounts are made by invitation only.
    """
    if settings.SIGN_UP != "open":
        raise SignUpClosedError
    wanted = profile | {"password": make_password(password)}
    try:
        with transaction.atomic():
            user = _unproved_user(normalized(email), wanted, language)
            sign_up = SignUp.objects.create(user=user, **wanted)
            mails.ask_for(MailKind.ACTIVATION, user.email, entry_point, sign_up)
    except IntegrityError as error:
        raise AddressTakenError from error
    logger.info(
        "registered", extra={"user_id": user.pk, "ip": client.ip, "entry_point": entry_point}
    )
    return user


def _unproved_user(email: str, wanted: dict[str, str], language: str) -> User:
    """The address's account, locked.

    It carries the password and profile of its only sign-up, so that staff can activate it
    by hand; after a second sign-up it carries neither, because either could be a stranger's.
    """
    defaults = wanted | {"username": email, "is_active": False, "language": language}
    locked = User.objects.select_for_update()
    user: User
    user, is_new = locked.get_or_create(email=email, defaults=defaults)
    if not user.is_awaiting_activation:
        raise AddressTakenError
    if not is_new:
        unknown = {"password": make_password(None), "phone": "", "address": ""}
        User.objects.filter(pk=user.pk).update(**unknown, language=language)
        user.language = language
    return user


def has_account(email: str) -> bool:
    """Whether the address was proved, by an activation or a reset link."""
    return User.objects.filter(email=normalized(email), activated_at__isnull=False).exists()


def activate(uid: str, token: str, client: Client) -> User:
    """Prove the address, once, and set the password that was given with the link's sign-up."""
    sign_up = links.sign_up_of(uid, token)
    if sign_up is None:
        raise InvalidLinkError
    with transaction.atomic():
        unproved = User.objects.unproved().select_for_update()
        user: User | None = unproved.filter(pk=sign_up.user_id).first()
        if user is None:
            raise InvalidLinkError
        _prove(user, sign_up.password, phone=sign_up.phone, address=sign_up.address)
    logger.info("activated", extra={"user_id": user.pk, "ip": client.ip})
    audit.record("user.activated", user.pk, "user", user.pk, ip=client.ip)
    return user


def sign_in_with_passkey(attempt: str, answer: dict[str, Any], client: Client) -> Session:
    """A new session for the owner of the passkey that has signed."""
    user = passkeys.user_of(attempt, answer)
    session = _begin_session(user, EntryPoint.API, client, remember=False)
    logger.info("signed_in", extra={"user_id": user.pk, "ip": client.ip, "entry_point": "passkey"})
    return session


def activate_and_sign_in(uid: str, token: str, entry_point: str, client: Client) -> Session:
    """Prove the address and begin the first session: the link's reader is who signed up."""
    user = User.objects.get(pk=activate(uid, token, client).pk)
    return _begin_session(user, entry_point, client, remember=False)


def _prove(user: User, password: str, *, phone: str = "", address: str = "") -> None:
    """Activate an unproved user, whose row is locked, with a password's hash and a profile."""
    User.objects.filter(pk=user.pk).update(
        password=password,
        phone=phone,
        address=address,
        is_active=True,
        activated_at=timezone.now(),
    )
    user.sign_ups.all().delete()


def reset_password(uid: str, token: str, password: str, entry_point: str, client: Client) -> None:
    """Set a new password and end all sessions; an unproved address is proved by it.

    `InvalidLinkError` for a bad or used link; `ValidationError` for a weak password, after
    which the link still works. Of parallel uses only the first finds the link valid.
    """
    user = _resettable(links.user_of(uid), token)
    validate_password(password, user)
    changed_to = make_password(password)
    with transaction.atomic():
        user = _resettable(User.objects.select_for_update().filter(pk=user.pk).first(), token)
        if user.is_awaiting_activation:
            _prove(user, changed_to)
        else:
            User.objects.filter(pk=user.pk).update(password=changed_to)
        sessions.end_all(user.pk, "password")
        api_tokens.end_all(user.pk)
        mails.ask_for(MailKind.PASSWORD_CHANGED, user.email, entry_point)
    for scope in limits.ACCOUNT_SCOPES:
        limits.forget(scope, user.email)
    logger.info("password_reset", extra={"user_id": user.pk, "ip": client.ip})
    audit.record("password.reset", user.pk, "user", user.pk, ip=client.ip)


def _resettable(user: User | None, token: str) -> User:
    if user is None or not (user.is_active or user.is_awaiting_activation):
        raise InvalidLinkError
    if not (links.reset_tokens.check_token(user, token) or links.invites(user, token)):
        raise InvalidLinkError
    return user


def flush_expired() -> None:
    """Delete expired rows, the admin's sessions included."""
    sign_ups.flush_expired()
    sessions.flush_expired()
    mails.flush_old()
    SessionStore.clear_expired()
