"""The source of a film for those who read it."""

from collections.abc import Iterator
from contextlib import contextmanager

from video_app.models import Build, Video
from video_app.pipeline.source import seekable_key
from video_app.store import the_store


def uploaded(video: Video) -> str:
    """The key of the file as it was uploaded."""
    return video.video_file.name or ""


def has_copy(video: Video) -> bool:
    """Whether there is a copy of the source that can be sought in."""
    try:
        the_store().size(seekable_key(uploaded(video)))
    except FileNotFoundError:
        return False
    return True


@contextmanager
def decodable(build: Build) -> Iterator[str]:
    """Where to decode from: the copy that can be sought in, where one was needed."""
    key = uploaded(build.video)
    with the_store().source(seekable_key(key) if has_copy(build.video) else key) as location:
        yield location
