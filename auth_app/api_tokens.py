"""Making, finding and ending API tokens."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from auth_app import audit, rights
from auth_app.models import ApiToken, User
from auth_app.rights import OVER
from auth_app.sessions import LIVE_SECONDS, OVER_SECONDS, Client, UserChangedError

# It tells them from sessions' tokens, and scanners of source code know such a beginning.
PREFIX = "vft_"
USE_NOTED = timedelta(minutes=5)
MAX_PER_USER = 50


class TooManyTokensError(Exception):
    """The user has as many as anybody may have."""


def make(
    user: User, name: str, scopes: Sequence[str], expires_at: datetime | None, client: Client
) -> tuple[ApiToken, str]:
    """A new token and its text, which nobody can find out again.

    `TooManyTokensError`; `UserChangedError` when meanwhile a new password or a planned
    deletion has ended all tokens, which this one would survive.
    """
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        _lock_unchanged(user)
        if ApiToken.objects.filter(user=user).count() >= MAX_PER_USER:
            raise TooManyTokensError
        token = ApiToken.objects.create(
            user=user,
            name=name,
            scopes=list(scopes),
            digest=digest(text),
            hint=text[-4:],
            expires_at=expires_at,
        )
        audit.record("token.made", user.pk, "token", token.pk, ip=client.ip, scopes=token.scopes)
    return token, text


def _lock_unchanged(user: User) -> None:
    checked = {"pk": user.pk, "password": user.password, "delete_at": user.delete_at}
    rows = User.objects.select_for_update().filter(**checked, is_active=True)
    if rows.first() is None:
        raise UserChangedError


def end(token: ApiToken, by: int | None, *, ip: str | None = None) -> None:
    """At once, also for streams."""
    pk = token.pk
    _announce_end([token.digest])
    ApiToken.objects.filter(pk=pk).delete()
    audit.record("token.ended", by, "token", pk, ip=ip)


def end_all(user_id: int) -> None:
    """Every token of a user, as when the password was reset."""
    tokens = ApiToken.objects.filter(user_id=user_id)
    _announce_end(list(tokens.values_list("digest", flat=True)))
    tokens.delete()


def find(text: str) -> ApiToken | None:
    """The valid token of that text, its use noted."""
    token = ApiToken.objects.valid().filter(digest=digest(text)).first()
    if token is None or token.user.lacks_required_factor:
        return None
    _note_use(token)
    return token


def digest(text: str) -> str:
    """The texts are random, so that a plain hash keeps them."""
    return hashlib.sha256(text.encode()).hexdigest()


def cache_key(found_digest: str) -> str:
    return f"api-token:{found_digest}"


def state(found_digest: str) -> str:
    """What the stream needs to know, from the database; the answer is cached."""
    token = ApiToken.objects.valid().filter(digest=found_digest).first()
    found = OVER
    if token and "read" in token.scopes:
        found = rights.state_of(token.user)
        _note_use(token)
    # `add` and not `set`, which could overwrite the announcement of an end.
    cache.add(cache_key(found_digest), found, LIVE_SECONDS)
    return found


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED)
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _announce_end(digests: list[str]) -> None:
    markers = {cache_key(found): OVER for found in digests}
    if markers:
        transaction.on_commit(lambda: cache.set_many(markers, OVER_SECONDS))
