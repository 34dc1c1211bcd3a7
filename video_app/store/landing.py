"""Where bytes of unfinished sources go: straight to where the source will lie.

In a folder the file never is longer than what reached the disk, so after a power cut its length
bounds the offset that the database knows. In a bucket they go there part by part, whichever
machine receives them, and cannot be taken back.
"""

import os

from video_app.store import identity, local, multipart
from video_app.store.chosen import the_store
from video_app.store.interface import OffsetError

# Written and counted together: what a killed process loses at most. A bucket takes parts.
PIECE_BYTES, PART_BYTES = 1024**2, 8 * 1024**2


def piece_bytes() -> int:
    return PIECE_BYTES if can_take_back() else PART_BYTES


def can_take_back() -> bool:
    """Whether bytes may be written that perhaps will not count."""
    return the_store().puts_at_once


def begin(key: str) -> None:
    """Have an empty file. `AwayError` when the media are away or another database's."""
    identity.check()
    if not the_store().puts_at_once:
        if not multipart.find(key):
            multipart.begin(key)
        return
    path = local.path(key)
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)
    os.close(descriptor)
    local.sync([path.parent])


def size(key: str) -> int:
    """Bytes that lie there; 0 without a file."""
    try:
        handle = "" if the_store().puts_at_once else multipart.find(key)
        return multipart.offset(handle) if handle else the_store().size(key)
    except FileNotFoundError:
        identity.check()
        return 0


def append(key: str, offset: int, piece: bytes | bytearray) -> None:
    """Write at `offset`, which is where the bytes that count end."""
    if not the_store().puts_at_once:
        _append_to_parts(key, offset, piece)
        return
    descriptor = os.open(local.path(key), os.O_WRONLY)
    try:
        rest = memoryview(piece)
        while rest:
            written = os.pwrite(descriptor, rest, offset)
            rest, offset = rest[written:], offset + written
    finally:
        os.close(descriptor)


def _append_to_parts(key: str, offset: int, piece: bytes | bytearray) -> None:
    """What came before and was not counted is the same part of the same file."""
    handle = multipart.find(key)
    try:
        multipart.append(handle, offset, bytes(piece))
    except OffsetError as error:
        known = error.offset - offset
        if known < 0:
            raise OSError("The bucket has lost what had come.") from error
        if known < len(piece):
            multipart.append(handle, error.offset, bytes(piece[known:]))


def sync(key: str) -> None:
    """Have what was written reach the disk."""
    if the_store().puts_at_once:
        local.sync([local.path(key)])


def finish(key: str, length: int) -> None:
    """Have the whole file for good, and nothing behind its end."""
    if not the_store().puts_at_once:
        if handle := multipart.find(key):
            multipart.finish(handle)
        return
    os.truncate(local.path(key), length)
    local.sync([local.path(key), local.path(key).parent])


def abort(key: str) -> None:
    """Remove what has come."""
    if identity.problem():
        return
    if not the_store().puts_at_once and (handle := multipart.find(key)):
        multipart.abort(handle)
    the_store().remove(key)
