"""Where the source of a film lies for those who read it."""

from pathlib import Path

from video_app.models import Build, Video
from video_app.pipeline.source import seekable_path
from video_app.store import local


def uploaded(video: Video) -> Path:
    """The file as it was uploaded."""
    return local.path(video.video_file.name or "")


def decodable(build: Build) -> Path:
    """The file to decode: the copy that can be sought in, where one was needed."""
    path = uploaded(build.video)
    copy = seekable_path(path)
    return copy if copy.exists() else path
