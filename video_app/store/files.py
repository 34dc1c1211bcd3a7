"""The files that belong to a video."""

import shutil
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from video_app.models import Video
from video_app.pipeline import layout
from video_app.pipeline.source import seekable_path


def keys_of(video: Video) -> list[str]:
    """The storage keys of everything outside the video's own `hls/` folder."""
    return [key for key in (video.video_file.name, video.thumbnail.name, video.poster) if key]


def remove(video_id: int, keys: list[str]) -> None:
    """Remove a video's files; what is in the way is left to the sweeper."""
    for key in keys:
        _remove(key)
    folder = Path(settings.MEDIA_ROOT) / layout.video_prefix(video_id)
    shutil.rmtree(folder, ignore_errors=True)


def remove_replaced(key: str) -> None:
    """Remove a source that has made room for another."""
    if not Video.objects.filter(video_file=key).exists():
        _remove(key)


def _remove(key: str) -> None:
    path = Path(settings.MEDIA_ROOT) / key
    for file in (path, seekable_path(path)):
        with suppress(OSError):
            file.unlink(missing_ok=True)
