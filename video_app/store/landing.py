"""Unfinished sources. While the media are away, or another database's, nothing of them is begun,
taken for lost, or removed; all else is `the_store().uploads`."""

from video_app.store import identity
from video_app.store.chosen import the_store


def begin(key: str) -> None:
    """Have an empty file. `AwayError` when the media are away or another database's."""
    identity.check()
    the_store().uploads.begin(key)


def size(key: str) -> int:
    """Bytes that lie there; 0 without a file."""
    try:
        return the_store().uploads.size(key)
    except FileNotFoundError:
        identity.check()
        return 0


def abort(key: str) -> None:
    """Remove what has come."""
    if not identity.problem():
        the_store().uploads.abort(key)
