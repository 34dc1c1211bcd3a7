"""The right that a play link carries: a signed path segment before everything it opens.

It names the link, film, build and session and its end, so that a request for a segment needs no
database: one look into the cache says whether session and link still live.
"""

import re
import struct
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as EncodingError
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Any, NamedTuple, Self

from django.core import signing
from django.core.cache import cache

from video_app.models import PlayLink

LIVE, OVER = "live", "over"
# "live:12" of a link that was made in a profile with that age limit.
STATE = re.compile(r"(live|over)(?::([0-9]{1,5}))?")
# How long a cached state may be used when the end of its link was not announced.
LIVE_SECONDS = 15
# Longer than a reader takes between its query and its `cache.add`.
OVER_SECONDS = 300

_FIELDS = struct.Struct(">QQQQ16s")
_signer = signing.Signer(sep=".", salt="video_app.play_link")


@dataclass(frozen=True, slots=True)
class PlayRight:
    """What one play link opens, until when (epoch seconds), and by whose session."""

    link: int
    video: int
    build: int
    expires: int
    session: uuid.UUID

    @classmethod
    def of(cls, link: PlayLink) -> Self:
        expires = int(link.expires_at.timestamp())
        return cls(link.pk, link.video_id, link.build_id, expires, link.session)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A genuine right that has not expired; otherwise `signing.BadSignature`."""
        packed = _signer.unsign(text)
        try:
            link, video, build, expires, session = _FIELDS.unpack(urlsafe_b64decode(f"{packed}=="))
        except (EncodingError, struct.error) as error:  # signed, so made by another release
            raise signing.BadSignature("It is of another shape.") from error
        right = cls(link, video, build, expires, uuid.UUID(bytes=session))
        if right.expires <= time():
            raise signing.SignatureExpired("It has expired.")
        return right

    def __str__(self) -> str:
        """As it stands in an address: letters, digits, `-`, `_` and one dot."""
        numbers = self.link, self.video, self.build, self.expires
        packed = _FIELDS.pack(*numbers, self.session.bytes)
        return _signer.sign(urlsafe_b64encode(packed).decode().rstrip("="))

    @property
    def cache_key(self) -> str:
        return cache_key(self.link)

    @property
    def ends(self) -> datetime:
        return datetime.fromtimestamp(self.expires, UTC)

    def standing(self, cached: Any) -> "Standing":
        """`cached` is the value of `cache_key`; without one the database is queried."""
        known = STATE.fullmatch(cached) if isinstance(cached, str) else None
        state, _, limit = (known[0] if known else _state(self.link)).partition(":")
        return Standing(state == LIVE, int(limit) if limit else None)


class Standing(NamedTuple):
    """Whether a link still opens its film, and the age limit of the profile it was made in."""

    is_live: bool
    age_limit: int | None


def cache_key(link_id: int) -> str:
    return f"play-link:{link_id}"


def announce_end(link_ids: list[int]) -> None:
    """Tell everybody at once; call it after the commit."""
    cache.set_many({cache_key(link_id): OVER for link_id in link_ids}, OVER_SECONDS)


def _state(link_id: int) -> str:
    links = PlayLink.objects.live().select_related("user", "profile")
    link = links.filter(pk=link_id).first()
    found = LIVE if link and link.is_of_todays_password else OVER
    if link and found == LIVE and link.profile and link.profile.age_limit is not None:
        found = f"{LIVE}:{link.profile.age_limit}"
    # `add` and not `set`, which could overwrite the announcement of an end.
    cache.add(cache_key(link_id), found, LIVE_SECONDS)
    return found
