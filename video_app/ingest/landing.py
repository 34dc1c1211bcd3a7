"""Where bytes of unfinished sources go: straight to where the source will lie.

A file never is longer on the disk than what reached it, so after a power cut its length
bounds the offset that the database knows.
"""

import os

from video_app.store import identity, local


def begin(key: str) -> None:
    """Have an empty file. `AwayError` when the media are away or another database's."""
    identity.check()
    path = local.path(key)
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)
    os.close(descriptor)
    local.sync([path.parent])


def size(key: str) -> int:
    """Bytes that lie there; 0 without a file."""
    try:
        return local.path(key).stat().st_size
    except FileNotFoundError:
        identity.check()
        return 0


def append(key: str, offset: int, piece: bytes | bytearray) -> None:
    """Write at `offset`, which is where the bytes that count end."""
    descriptor = os.open(local.path(key), os.O_WRONLY)
    try:
        rest = memoryview(piece)
        while rest:
            written = os.pwrite(descriptor, rest, offset)
            rest, offset = rest[written:], offset + written
    finally:
        os.close(descriptor)


def sync(key: str) -> None:
    """Have what was written reach the disk."""
    local.sync([local.path(key)])


def finish(key: str, length: int) -> None:
    """Have the whole file on the disk, and nothing behind its end."""
    os.truncate(local.path(key), length)
    local.sync([local.path(key), local.path(key).parent])


def abort(key: str) -> None:
    """Remove what has come."""
    if not identity.problem():
        local.remove(local.path(key))
