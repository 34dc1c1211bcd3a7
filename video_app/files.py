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
    root = Path(settings.MEDIA_ROOT)
    for key in keys:
        for path in (root / key, seekable_path(root / key)):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    shutil.rmtree(root / layout.video_prefix(video_id), ignore_errors=True)
