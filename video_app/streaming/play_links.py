"""Making, listing and ending play links."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from video_app.models import Build, PlayLink, Video
from video_app.models.play_links import password_mark
from video_app.streaming import play_right
from video_app.streaming.links import absolute
from video_app.streaming.play_right import PlayRight

WINDOW = timedelta(hours=1)


@dataclass
class TooManyLinksError(Exception):
    """This person made as many as an hour may have; `wait` is in seconds."""

    wait: int


def make(user: Any, session: Any, video: Video, build: Build) -> PlayLink:
    """A link that opens this build until its time, the session or the film ends.

    `TooManyLinksError` when the user made `PLAY_LINKS_PER_HOUR` within the hour.
    """
    now = timezone.now()
    _refuse_too_many(user, now)
    life = timedelta(seconds=settings.PLAY_LINK_SECONDS)
    return PlayLink.objects.create(
        user=user,
        profile_id=user.profile_id,
        video=video,
        build=build,
        session=session.pk,
        password_mark=password_mark(user),
        created_at=now,
        expires_at=min(now + life, session.expires_at),
    )


def _refuse_too_many(user: Any, now: datetime) -> None:
    """Ended ones count too: making and ending by turns is making."""
    made = PlayLink.objects.made_since(user, now - WINDOW).order_by("created_at")
    times = list(made.values_list("created_at", flat=True))
    if len(times) >= settings.PLAY_LINKS_PER_HOUR:
        first_to_leave = times[-settings.PLAY_LINKS_PER_HOUR]
        raise TooManyLinksError(max(1, ceil((first_to_leave + WINDOW - now).total_seconds())))


def url(request: HttpRequest, link: PlayLink) -> str:
    """The absolute address of the master playlist."""
    right = str(PlayRight.of(link))
    return absolute(request, "video-master", right=right, video_id=link.video_id)


def end(links: Any) -> int:
    """End these links at once; how many there were."""
    with transaction.atomic():
        ids = list(links.values_list("pk", flat=True))
        ended = PlayLink.objects.filter(pk__in=ids, ended_at=None).update(ended_at=timezone.now())
        transaction.on_commit(lambda: play_right.announce_end(ids))
    return ended


def remove_useless() -> None:
    """Housekeeping: rows that open nothing any more."""
    PlayLink.objects.useless().delete()
