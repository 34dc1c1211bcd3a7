"""Receiving the bytes of a resumable upload.

The row's `writer` decides who may append. Each piece is written while its row is locked by
the update that counts it, so whoever lost the upload to a newer request writes nothing more.
"""

import hashlib
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from video_app.ingest import uploads
from video_app.models import Upload
from video_app.store import landing, the_store

READ_BYTES = 256 * 1024
ALGORITHMS = ("sha1", "sha256", "md5")
Read = Callable[[int], bytes]


class OffsetError(Exception):
    """The sender goes on elsewhere than where the bytes end."""


class TakenOverError(Exception):
    """A newer request writes this upload."""


class BrokenOffError(Exception):
    """The body ended too early. What came is kept, unless it had a checksum."""


class ChecksumError(Exception):
    """The bytes are not those that the sender has; none of them is kept."""


@dataclass(frozen=True, slots=True)
class Checksum:
    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Writer:
    """The right to append, until a newer request takes it."""

    upload_id: uuid.UUID
    token: uuid.UUID
    key: str

    def write(self, offset: int, piece: bytes | bytearray, *, counted: int) -> None:
        """Write a piece, and count `counted` bytes as come."""
        now = timezone.now()
        expires_at = now + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)
        with transaction.atomic():
            mine = Upload.objects.unfinished().filter(pk=self.upload_id, writer=self.token)
            changes: dict[str, Any] = {"active_at": now, "expires_at": expires_at}
            if not mine.update(offset=F("offset") + counted, **changes):
                raise TakenOverError
            the_store().uploads.append(self.key, offset, piece)


def receive(
    upload: Upload, offset: int, length: int, read: Read, checksum: Checksum | None = None
) -> int:
    """Append `length` bytes that `read` gives; the new offset. They are on the disk then.

    `OffsetError`, `TakenOverError`, `BrokenOffError`, `ChecksumError`, `OSError`.
    """
    writer = take_over(upload, offset)
    pieces = _pieces(read, length)
    try:
        if checksum is None:
            _append(writer, offset, pieces)
        elif the_store().uploads.can_take_back:
            _append_then_count(writer, offset, _proved(pieces, checksum))
        else:
            _append_at_once(writer, offset, _proved(pieces, checksum))
    finally:
        with suppress(FileNotFoundError):  # cancelled meanwhile, or its owner has left
            the_store().uploads.sync(upload.key)
    if offset + length == upload.length:
        uploads.finish(upload.pk)
    return offset + length


def take_over(upload: Upload, offset: int) -> Writer:
    """Be the one who writes: whoever did so until now has lost the upload."""
    there = landing.size(upload.key)
    with transaction.atomic():
        row = Upload.objects.select_for_update().unfinished().filter(pk=upload.pk).first()
        if row is None or offset != min(row.offset, there):
            raise OffsetError
        if there < row.offset:  # a power cut took what had not reached the disk
            landing.begin(row.key)
        row.writer, row.offset = uuid.uuid4(), offset
        row.save(update_fields=["writer", "offset"])
    return Writer(row.pk, row.writer, row.key)


def _pieces(read: Read, length: int) -> Iterator[bytearray]:
    """So many bytes in pieces that are written together; `BrokenOffError` behind the last."""
    most = the_store().uploads.piece_bytes
    while length:
        size = min(most, length)
        piece = _piece(read, size)
        if piece:
            yield piece
        if len(piece) < size:
            raise BrokenOffError
        length -= size


def _piece(read: Read, size: int) -> bytearray:
    """`size` bytes; fewer when the sender broke off."""
    piece = bytearray()
    with suppress(OSError):  # also Django's UnreadablePostError: stalled, or reset
        while len(piece) < size and (got := read(min(READ_BYTES, size - len(piece)))):
            piece += got
    return piece


def _append(writer: Writer, offset: int, pieces: Iterator[bytearray]) -> None:
    for piece in pieces:
        writer.write(offset, piece, counted=len(piece))
        offset += len(piece)


def _proved(pieces: Iterator[bytearray], checksum: Checksum) -> Iterator[bytearray]:
    """The same pieces; `ChecksumError` behind the last."""
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.digest() != checksum.digest:
        raise ChecksumError


def _append_then_count(writer: Writer, start: int, pieces: Iterator[bytearray]) -> None:
    """All or nothing."""
    end = start
    for piece in pieces:
        writer.write(end, piece, counted=0)
        end += len(piece)
    writer.write(end, b"", counted=end - start)


def _append_at_once(writer: Writer, start: int, pieces: Iterator[bytearray]) -> None:
    """The same where nothing can be taken back: they lie on this machine until all have come."""
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        file.writelines(pieces)
        length = file.tell()
        file.seek(0)
        _append(writer, start, _pieces(file.read, length))
