"""Subtitle tracks that are added to a film, replaced, shifted and removed, at any time."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from video_app.models import Subtitle, Video
from video_app.streaming import tracks

MAX_ADDED = 50


class TooManyError(Exception):
    """The film has as many added tracks as it may; the message is for people."""


def add(video_id: int, text: str, **about: Any) -> Subtitle:
    """A new track with this WebVTT text. `Video.DoesNotExist` when there is no such film."""
    if Subtitle.objects.filter(video_id=video_id).count() >= MAX_ADDED:
        raise TooManyError(
            _("A film has at most %(count)s added subtitle tracks.") % {"count": MAX_ADDED}
        )
    try:
        with transaction.atomic():
            row = Subtitle.objects.create(video_id=video_id, text=text, **about)
    except IntegrityError as error:
        raise Video.DoesNotExist from error
    tracks.announce(video_id)
    return row


def change(row: Subtitle, **changes: Any) -> Subtitle:
    """Change some of its columns, and what players see with them."""
    Subtitle.objects.filter(pk=row.pk).update(**changes)
    row.refresh_from_db()
    tracks.announce(row.video_id)
    return row


def remove(row: Subtitle) -> None:
    row.delete()
    tracks.announce(row.video_id)
