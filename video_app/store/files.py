"""The files that belong to a video."""

import logging

from video_app.models import Video, held_keys
from video_app.pipeline import layout
from video_app.pipeline.source import seekable_path
from video_app.store import identity, local

logger = logging.getLogger(__name__)


def keys_of(video: Video) -> list[str]:
    """The storage keys of everything outside the video's own `hls/` folder."""
    return [key for key in (video.video_file.name, video.thumbnail.name, video.poster) if key]


def remove(video_id: int, keys: list[str]) -> None:
    """Remove a video's files; what is in the way, or not ours now, is left to the cleanup."""
    if not _may_remove():
        return
    for key in keys:
        _remove(key)
    local.remove(local.path(layout.video_prefix(video_id)))


def remove_replaced(key: str) -> None:
    """Remove a source that has made room for another, unless one can still go back to it."""
    if Video.objects.filter(video_file=key).exists() or key in held_keys():
        return
    if _may_remove():
        _remove(key)


def _may_remove() -> bool:
    if problem := identity.problem():
        logger.error("removal_withheld", extra={"reason": problem})
    return not problem


def _remove(key: str) -> None:
    path = local.path(key)
    for file in (path, seekable_path(path)):
        local.remove(file)
