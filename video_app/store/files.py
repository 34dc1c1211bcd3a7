"""The files that belong to a video, and what becomes of them when its row goes."""

import logging
from typing import Any

from django.db import transaction

from video_app.models import Tombstone, Video, held_keys
from video_app.pipeline import layout
from video_app.pipeline.seekable import seekable_key
from video_app.store import identity
from video_app.store.chosen import the_store

logger = logging.getLogger(__name__)

AT_ONCE = 20


def of(video: Video) -> list[str]:
    """The key or prefix of everything that belongs to a video."""
    keys = [key for key in (video.video_file.name, video.thumbnail.name, video.poster) if key]
    return [*keys, *map(seekable_key, keys[:1]), layout.video_prefix(video.pk)]


def discard(keys: list[str]) -> None:
    """Remove files once the transaction that removes their row is committed: a folder's at
    once, a bucket's by the sweeper, which finds their tombstones."""
    if the_store().puts_at_once:
        transaction.on_commit(lambda: _remove(keys))
        return
    graves = [Tombstone(prefix=key) for key in keys]
    Tombstone.objects.bulk_create(graves, ignore_conflicts=True)


def discard_replaced(key: str) -> None:
    """Remove a source that has made room for another, unless one can still go back to it."""
    if not Video.objects.filter(video_file=key).exists() and key not in held_keys():
        discard([key, seekable_key(key)])


def _remove(keys: list[str]) -> None:
    """What is in the way, or not ours now, is left to the cleanup."""
    if problem := identity.problem():
        logger.error("removal_withheld", extra={"reason": problem})
        return
    for key in keys:
        the_store().remove(key)


def remove_buried(before: Any) -> int:
    """Remove what tombstones older than a moment name, some at a time; how many."""
    found = Tombstone.objects.filter(created_at__lt=before).order_by("pk")[:AT_ONCE]
    for tombstone in found:
        the_store().remove(tombstone.prefix)
        logger.info("leftover_removed", extra={"key": tombstone.prefix})
        tombstone.delete()
    return len(found)
