"""The source of a film for those who read it."""

from contextlib import AbstractContextManager

from video_app.models import Build, Video
from video_app.pipeline.seekable import seekable_key
from video_app.store import is_there, the_store
from video_app.store.interface import Watch


def uploaded(video: Video) -> str:
    """The key of the file as it was uploaded."""
    return video.video_file.name or ""


def has_copy(video: Video) -> bool:
    """Whether there is a copy of the source that can be sought in."""
    return is_there(seekable_key(uploaded(video)))


def decodable(build: Build, *, watch: Watch) -> AbstractContextManager[str]:
    """Where to decode from: the copy that can be sought in, where one was needed."""
    key = uploaded(build.video)
    return the_store().source(seekable_key(key), key, watch=watch)
