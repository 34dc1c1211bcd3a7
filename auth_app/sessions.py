"""Beginning, rotating and ending sessions, and looking up whether one is live."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from auth_app import rights
from auth_app.errors import FactorRequiredError
from auth_app.models import EntryPoint, Profile, Session, User, idle_lifetime
from auth_app.rights import OVER
from auth_app.tokens import SessionRefreshToken

logger = logging.getLogger(__name__)

# How long the stream may use a cached state when the end of its session was not announced.
LIVE_SECONDS = 15
# Longer than a reader takes between its query and its `cache.add`.
OVER_SECONDS = 300


class SessionOverError(Exception):
    """The session has ended or does not exist."""


class UserChangedError(Exception):
    """After the check the user got another password, was deactivated or deleted."""


@dataclass(frozen=True, slots=True)
class Client:
    """The address and browser that a request came from."""

    ip: str | None = None
    user_agent: str = ""


def begin(user: User, entry_point: str, client: Client, *, remember: bool = False) -> Session:
    """A new session of a user whose credentials were just checked.

    `UserChangedError` when the user's row, now locked, is not the one that was checked: a
    reset in between has ended all sessions, and a session that begins now would survive it.
    """
    with transaction.atomic():
        checked = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
        locked = checked.select_for_update().first()
        if locked is None:
            raise UserChangedError
        if locked.second_factor_at and not user.factor_proved:
            raise FactorRequiredError(_("Please sign in with your second factor."))
        return _create(user, entry_point, client, remember=remember)


def _create(user: User, entry_point: str, client: Client, *, remember: bool) -> Session:
    now = timezone.now()
    return Session.objects.create(
        user=user,
        entry_point=entry_point,
        remember=remember,
        created_at=now,
        rotated_at=now,
        expires_at=now + timedelta(minutes=settings.SESSION_MAX_MINUTES),
        current_jti=uuid.uuid4().hex,
        ip=client.ip,
        user_agent=client.user_agent[:200],
    )


def rotate(token: SessionRefreshToken, client: Client) -> Session:
    """The session after `token` was exchanged for its successor.

    Parallel callers with one token, and later ones within the grace period, get the same
    session state and so the same successor. A replay after that ends the session.
    """
    session = Session.objects.live().filter(pk=token.session_id).first()
    if session is None:
        raise SessionOverError
    if session.current_jti == token.jti:
        _advance(session)
        session = Session.objects.live().filter(pk=token.session_id).first()
    if session is None:
        raise SessionOverError
    if not _spent_lately(session, token.jti):
        end(session.pk, "replay")
        logger.warning("refresh_replayed", extra={"user_id": session.user_id, "ip": client.ip})
        raise SessionOverError
    return session


def _advance(session: Session) -> None:
    """Make a new token the current one, unless a parallel call did."""
    now = timezone.now()
    # However many there are: a token that is missing here counts as a replay.
    grace_began = now.timestamp() - settings.REFRESH_GRACE_SECONDS
    in_grace = {jti: at for jti, at in session.spent.items() if at >= grace_began}
    Session.objects.filter(pk=session.pk, current_jti=session.current_jti, revoked_at=None).update(
        current_jti=uuid.uuid4().hex,
        rotated_at=now,
        spent=in_grace | {session.current_jti: now.timestamp()},
    )


def _spent_lately(session: Session, jti: str) -> bool:
    age = timezone.now().timestamp() - session.spent.get(jti, 0)
    return bool(age <= settings.REFRESH_GRACE_SECONDS)


def end(session_id: uuid.UUID, reason: str) -> bool:
    """Whether this call ended the session; one that has ended keeps its reason."""
    ended = Session.objects.filter(pk=session_id, revoked_at=None).update(
        revoked_at=timezone.now(), reason=reason
    )
    if ended:
        _announce_end([session_id])
    return bool(ended)


def end_all(user_id: int, reason: str) -> None:
    """End every session of a user, access tokens included."""
    _end(Session.objects.filter(user_id=user_id, revoked_at=None), reason)


def end_others(session: Session, reason: str) -> None:
    """End every session of the user but this one."""
    running = Session.objects.filter(user_id=session.user_id, revoked_at=None)
    _end(running.exclude(pk=session.pk), reason)


def is_fresh(session: Session) -> bool:
    """Whether the password was given lately, so that the account itself may be changed."""
    given_at = max(session.created_at, session.confirmed_at or session.created_at)
    return timezone.now() - given_at < timedelta(minutes=settings.FRESH_SIGN_IN_MINUTES)


def confirm(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(confirmed_at=timezone.now())


def _end(running: QuerySet[Session], reason: str) -> None:
    ids = list(running.values_list("pk", flat=True))
    running.filter(pk__in=ids).update(revoked_at=timezone.now(), reason=reason)
    _announce_end(ids)


def _announce_end(ids: list[uuid.UUID]) -> None:
    markers = {cache_key(session_id): OVER for session_id in ids}
    if markers:
        transaction.on_commit(lambda: cache.set_many(markers, OVER_SECONDS))


def cache_key(session_id: uuid.UUID) -> str:
    return f"session:{session_id.hex}"


def state(session_id: uuid.UUID) -> str:
    """What the stream needs to know, from the database; the answer is cached."""
    session = Session.objects.live().filter(pk=session_id).first()
    found = rights.state_of(session.viewer if session else None)
    # `add` and not `set`, which could overwrite the announcement of an end.
    cache.add(cache_key(session_id), found, LIVE_SECONDS)
    return found


def enter(session: Session, profile: Profile | None) -> bool:
    """Put the session into a profile, None for the main one; False when it changed meanwhile."""
    unchanged = Session.objects.filter(pk=session.pk, revoked_at=None, profile=session.profile_id)
    with transaction.atomic():
        is_done = bool(unchanged.update(profile=profile))
        announce_rights([session.pk])
    return is_done


def announce_rights(session_ids: Iterable[uuid.UUID]) -> None:
    """Tell the stream, after the commit, what these sessions may see now."""
    ids = list(session_ids)
    transaction.on_commit(lambda: _announce_rights(ids))


def _announce_rights(ids: list[uuid.UUID]) -> None:
    live = Session.objects.live().filter(pk__in=ids)
    states = {cache_key(session.pk): rights.state_of(session.viewer) for session in live}
    if states:  # `set` and not `delete`: a slow reader could `add` what it saw before
        cache.set_many(states, LIVE_SECONDS)


def end_in(profile: Profile, reason: str) -> None:
    """End every session that is in this profile."""
    _end(Session.objects.filter(profile=profile, revoked_at=None), reason)


def forget_rights(user_ids: Iterable[int]) -> None:
    """These users may see other films now: the stream asks the database again."""
    running = Session.objects.filter(user_id__in=list(user_ids), revoked_at=None)
    keys = [cache_key(session_id) for session_id in running.values_list("pk", flat=True)]
    transaction.on_commit(lambda: cache.delete_many(keys))


def flush_expired() -> None:
    """Delete sessions whose tokens have all expired, and a week later those that were ended."""
    now = timezone.now()
    useless = Q(expires_at__lt=now) | Q(revoked_at__lt=now - timedelta(days=7))
    for entry_point, remember in product(EntryPoint.values, (True, False)):
        oldest = now - idle_lifetime(entry_point, remember=remember)
        useless |= Q(entry_point=entry_point, remember=remember, rotated_at__lt=oldest)
    Session.objects.filter(useless).delete()
