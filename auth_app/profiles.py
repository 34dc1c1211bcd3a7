"""Profiles of an account: made, changed, removed, and how a session gets from one to another."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from auth_app import audit, limits, mails, sessions, sign_ins
from auth_app.errors import TooManyAttemptsError, WrongCredentialsError
from auth_app.models import EntryPoint, MailKind, Profile, Session, User
from auth_app.sessions import Client

logger = logging.getLogger(__name__)

# What a main profile is called by: it may have no row.
MAIN = 0
MAX_PER_USER = 10
SCOPES = ("pin", "pin_long")
TOLD_SECONDS = 3600
PIN, PASSWORD = "pin", "password"


class TooManyProfilesError(Exception):
    """The account has as many as it may have."""


@dataclass
class LockedProfileError(Exception):
    """To enter, `asks` ("pin" or "password") has to be given; `is_wrong`: it was, and wrongly."""

    asks: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class Lock:
    """What has to be given to get from one profile into another; `asks` is "" for nothing."""

    asks: str = ""
    hashed: str = ""


def of(user: User) -> list[Profile]:
    """The account's profiles, the main one first. One query."""
    found = list(user.profiles.all())
    return found if found and found[0].is_main else [_new_main(user), *found]


def find(user: User, profile_id: int) -> Profile | None:
    return next((one for one in of(user) if number(one) == profile_id), None)


def current(user: User) -> Profile:
    """The profile that the user's session is in."""
    found = find(user, user.profile_id or MAIN)
    return found or _new_main(user)


def number(profile: Profile) -> int:
    """By which clients name it."""
    return MAIN if profile.is_main else profile.pk


def _new_main(user: User) -> Profile:
    return Profile(user=user, name=(user.first_name or _("Main"))[:30], is_main=True)


def lock(now: Profile, wanted: Profile) -> Lock:
    """What stands between two profiles of one account.

    A profile with a PIN asks for it. Where it has none, but sees more than the limited profile
    that is left, the PIN of this one is asked for; where that has none either, the password of
    the account: nobody leaves a limited profile just so.
    """
    if number(now) == number(wanted):
        return Lock()
    if wanted.has_pin:
        return Lock(PIN, wanted.pin)
    if not wanted.sees_more_than(now):
        return Lock()
    return Lock(PIN, now.pin) if now.has_pin else Lock(PASSWORD)


def enter(request: HttpRequest, session: Session, wanted: Profile, given: dict[str, str]) -> None:
    """Put the session into a profile of its account; `given` may hold `pin` and `password`.

    The password opens whatever a PIN opens: with it one could sign in anew.
    `LockedProfileError`, `TooManyAttemptsError`.
    """
    user = session.user
    for _attempt in range(2):  # again when a parallel call has moved the session meanwhile
        asked = lock(current(user), wanted)
        if asked.asks and given.get(PASSWORD):
            _check_account_password(request, user, given[PASSWORD])
        elif asked.asks:
            _check_pin(user, asked, given.get(PIN, ""))
        if sessions.enter(session, None if wanted.is_main else wanted):
            return
        session.refresh_from_db()
        user = session.viewer
    raise LockedProfileError(asked.asks or PIN, is_wrong=False)


def after_provider(session: Session, following: str) -> str:
    """Where a provider's sign-in leads. It may have asked nothing of whoever sits there, so where
    the main profile has a PIN and another is limited, the session begins in that one."""
    main, *others = of(session.user)
    limited = [one for one in others if one.age_limit is not None]
    if not main.has_pin or not limited:
        return following
    sessions.enter(session, min(limited, key=lambda one: one.age_limit or 0))
    return f"{reverse('page-profiles')}?{urlencode({'next': following})}"


def _check_account_password(request: HttpRequest, user: User, password: str) -> None:
    try:
        sign_ins.check_password(request, user.email, password)
    except WrongCredentialsError as error:
        raise LockedProfileError(PASSWORD, is_wrong=True) from error


def _check_pin(user: User, asked: Lock, pin: str) -> None:
    """Every attempt is counted before it is compared, so that parallel guesses count as well."""
    if not pin or asked.asks != PIN:
        raise LockedProfileError(asked.asks, is_wrong=False)
    for scope in SCOPES:
        if wait := limits.hit(scope, str(user.pk)):
            _tell_owner(user)
            raise TooManyAttemptsError(wait)
    if not check_password(pin, asked.hashed):
        logger.warning("pin_wrong", extra={"user_id": user.pk})
        audit.record("profile.pin_wrong", user.pk, "user", user.pk)
        raise LockedProfileError(PIN, is_wrong=True)
    for scope in SCOPES:
        limits.forget(scope, str(user.pk))


def _tell_owner(user: User) -> None:
    """By mail, once for each row of guesses."""
    logger.warning("pin_locked", extra={"user_id": user.pk})
    if cache.add(f"pin-guessing-told:{user.pk}", 1, TOLD_SECONDS):
        mails.ask_for(MailKind.PIN, user.email, EntryPoint.API, user=user)


def make(user: User, asked: dict[str, Any], client: Client) -> Profile:
    """A new profile of the account."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # parallel calls count one by one
        if Profile.objects.filter(user=user, is_main=False).count() >= MAX_PER_USER - 1:
            raise TooManyProfilesError
        profile = Profile.objects.create(user=user, **_columns(asked))
    audit.record("profile.made", user.pk, "profile", profile.pk, ip=client.ip)
    return profile


def change(profile: Profile, asked: dict[str, Any], client: Client) -> None:
    """Change what `asked` names; sessions that are in the profile see by its new limit at once."""
    columns = _columns(asked)
    if profile.pk is None:
        columns = {"name": profile.name, "picture": profile.picture} | columns
        profile.pk = _main_row(profile.user).pk
    with transaction.atomic():
        Profile.objects.filter(pk=profile.pk).update(**columns)
        running = Session.objects.filter(profile=profile.pk, revoked_at=None)
        sessions.announce_rights(running.values_list("pk", flat=True))
    audit.record(
        "profile.changed", profile.user_id, "profile", profile.pk, ip=client.ip, fields=[*asked]
    )


def _main_row(user: User) -> Profile:
    try:
        with transaction.atomic():
            return Profile.objects.create(user=user, name="Main", is_main=True)
    except IntegrityError:  # somebody else has made it just now
        return Profile.objects.get(user=user, is_main=True)


def remove(profile: Profile, client: Client) -> None:
    """The profile goes with its favourites and positions; sessions that are in it end."""
    pk = profile.pk
    with transaction.atomic():
        sessions.end_in(profile, "profile removed")
        profile.delete()
    audit.record("profile.removed", profile.user_id, "profile", pk, ip=client.ip)


def clear_pin(profile: Profile, by: int | None, ip: str | None) -> None:
    """By staff, for people who have forgotten it."""
    Profile.objects.filter(pk=profile.pk).update(pin="")
    for scope in SCOPES:
        limits.forget(scope, str(profile.user_id))
    audit.record("profile.pin_cleared", by, "profile", profile.pk, ip=ip)


def _columns(asked: dict[str, Any]) -> dict[str, Any]:
    """With a PIN's hash instead of the PIN; None takes it away."""
    columns = dict(asked)
    if PIN in columns:
        columns[PIN] = make_password(columns[PIN]) if columns[PIN] else ""
    return columns
