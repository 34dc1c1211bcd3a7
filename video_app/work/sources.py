"""The source of a film for those who read it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

from video_app.models import Build, Video
from video_app.pipeline.seekable import seekable_key
from video_app.store import the_store

Result = TypeVar("Result")
Watch = Callable[[], None]


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
def decodable(build: Build, *, watch: Watch) -> Iterator[str]:
    """Where to decode from: the copy that can be sought in, where one was needed."""
    key = uploaded(build.video)
    is_copied = _watched(lambda: has_copy(build.video), watch)
    with opened(seekable_key(key) if is_copied else key, watch=watch) as location:
        yield location


@contextmanager
def opened(key: str, *, watch: Watch) -> Iterator[str]:
    """What can be sought in; a store that does not answer at once costs nobody its lease."""
    source = the_store().source(key)
    location = _watched(source.__enter__, watch)
    try:
        yield location
    except BaseException as error:
        if not source.__exit__(type(error), error, error.__traceback__):
            raise
    else:
        source.__exit__(None, None, None)


def _watched(call: Callable[[], Result], watch: Watch) -> Result:
    if the_store().puts_at_once:
        return call()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(call)
        while not wait([future], timeout=1).done:
            watch()
        return future.result()
