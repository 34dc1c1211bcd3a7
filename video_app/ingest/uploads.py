"""Resumable uploads: begun as drafts, written piece by piece, finished exactly once.

The row's `writer` decides who may append. Each piece is written while its row is locked by
the update that counts it, so whoever lost the upload to a newer request writes nothing more.
"""

import hashlib
import tempfile
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from video_app.ingest import quota, room
from video_app.models import Upload, Video, source_name
from video_app.store import landing
from video_app.streaming import publication

READ_BYTES = 256 * 1024
FINISHED_HOURS = 24
# Uploads that were silent for longer have no room kept for them.
ACTIVE_HOURS = 1
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
class Wanted:
    """What somebody wants to upload; `video` is a draft that is not saved, or a film whose
    source is to be replaced."""

    video: Video
    filename: str
    length: int
    filetype: str = ""
    fingerprint: str = ""
    publishes: bool = True


def begin(user: Any, wanted: Wanted) -> Upload:
    """Have a draft and an empty file; `QuotaError`, `OSError`."""
    _check_quotas(user, wanted)
    key = source_name(wanted.video, wanted.filename)
    landing.begin(key)
    try:
        return _reserve(user, wanted, key)
    except quota.QuotaError:  # another upload was first
        landing.abort(key)
        raise


def _check_quotas(user: Any, wanted: Wanted) -> None:
    quota.check_unfinished(user)
    quota.check(user, wanted.length)


@transaction.atomic
def _reserve(user: Any, wanted: Wanted, key: str) -> Upload:
    """The rows of an upload. They count for whoever holds the user next."""
    quota.hold(user)
    _check_quotas(user, wanted)
    now = timezone.now()
    replaces = not wanted.video._state.adding
    if not replaces:
        wanted.video.owner, wanted.video.is_published = user, False
        wanted.video.save()
    return Upload.objects.create(
        video=wanted.video,
        owner=user,
        replaces=replaces,
        publishes=wanted.publishes,
        filename=wanted.filename,
        filetype=wanted.filetype,
        fingerprint=wanted.fingerprint,
        key=key,
        length=wanted.length,
        active_at=now,
        expires_at=now + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS),
    )


def refusal(length: int) -> room.Refusal | None:
    """Why there is no room for so many bytes beside what is being uploaded already."""
    since = timezone.now() - timedelta(hours=ACTIVE_HOURS)
    return room.refusal(length + Upload.objects.missing_bytes(since))


def offset_of(upload: Upload) -> int:
    """How many bytes have come, and are still there."""
    if upload.finished_at:
        return upload.length
    return min(upload.offset, landing.size(upload.key))


def receive(
    upload: Upload, offset: int, length: int, read: Read, checksum: "Checksum | None" = None
) -> int:
    """Append `length` bytes that `read` gives; the new offset. They are on the disk then.

    `OffsetError`, `TakenOverError`, `BrokenOffError`, `ChecksumError`, `OSError`.
    """
    writer = _take_over(upload, offset)
    end = offset + length
    try:
        if checksum:
            _append_checked(writer, offset, end, read, checksum)
        else:
            _append(writer, offset, end, read)
    finally:
        with suppress(FileNotFoundError):  # cancelled meanwhile, or its owner has left
            landing.sync(upload.key)
    if end == upload.length:
        finish(upload.pk)
    return end


def _take_over(upload: Upload, offset: int) -> "Writer":
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
            landing.append(self.key, offset, piece)


def _append(writer: Writer, offset: int, end: int, read: Read) -> None:
    while offset < end:
        piece, is_broken = _piece(read, min(landing.piece_bytes(), end - offset))
        if piece:
            writer.write(offset, piece, counted=len(piece))
            offset += len(piece)
        if is_broken:
            raise BrokenOffError


def _append_checked(writer: Writer, start: int, end: int, read: Read, checksum: "Checksum") -> None:
    """All or nothing: bytes count once the checksum has proved right."""
    if not landing.can_take_back():
        _append_proved(writer, start, end, read, checksum)
        return
    digest, offset = hashlib.new(checksum.algorithm, usedforsecurity=False), start
    while offset < end:
        piece, is_broken = _piece(read, min(landing.piece_bytes(), end - offset))
        if is_broken:
            raise BrokenOffError
        digest.update(piece)
        writer.write(offset, piece, counted=0)
        offset += len(piece)
    if digest.digest() != checksum.digest:
        raise ChecksumError
    writer.write(end, b"", counted=end - start)


def _append_proved(writer: Writer, start: int, end: int, read: Read, checksum: "Checksum") -> None:
    """The same where nothing can be taken back: on this machine until it has proved right."""
    digest, left = hashlib.new(checksum.algorithm, usedforsecurity=False), end - start
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        while left:
            piece, is_broken = _piece(read, min(landing.piece_bytes(), left))
            if is_broken:
                raise BrokenOffError
            digest.update(piece)
            file.write(piece)
            left -= len(piece)
        if digest.digest() != checksum.digest:
            raise ChecksumError
        file.seek(0)
        _append(writer, start, end, file.read)


@dataclass(frozen=True, slots=True)
class Checksum:
    algorithm: str
    digest: bytes


def _piece(read: Read, size: int) -> tuple[bytearray, bool]:
    """Up to `size` bytes, and whether the sender broke off before."""
    piece = bytearray()
    while len(piece) < size:
        try:
            got = read(min(READ_BYTES, size - len(piece)))
        except OSError:  # also Django's UnreadablePostError: stalled, or reset
            return piece, True
        if not got:
            return piece, True
        piece += got
    return piece, False


def finish(upload_id: uuid.UUID) -> bool:
    """Make the source of a whole upload its film's; whether it was this call that did.

    From then on the film is published, if its sender wants that, and waits for its plan.
    """
    upload = Upload.objects.whole().filter(pk=upload_id).first()
    if upload is None:
        return False
    if (there := landing.size(upload.key)) < upload.length:  # lost with the machine's power
        Upload.objects.whole().filter(pk=upload_id).update(offset=there)
        return False
    landing.finish(upload.key, upload.length)
    with transaction.atomic():
        video = Video.objects.select_for_update(of=("self",)).get(pk=upload.video_id)
        now = timezone.now()
        finished = {"finished_at": now, "expires_at": now + timedelta(hours=FINISHED_HOURS)}
        if not Upload.objects.whole().filter(pk=upload_id).update(writer=None, **finished):
            return False
        if not upload.replaces:
            video.is_published = Upload.objects.values_list("publishes").get(pk=upload_id)[0]
        video.take_source(upload.key, upload.filename)
    return True


def cancel(upload: Upload) -> None:
    """Forget an upload; what has come of an unfinished one goes, with its draft."""
    with transaction.atomic():
        video = Video.objects.select_for_update(of=("self",)).filter(pk=upload.video_id).first()
        row = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if row is None or video is None:
            return
        row.delete()
        is_draft = not row.finished_at and not row.replaces
        if is_draft and not video.video_file:
            video.delete()


def tidy() -> None:
    """Finish what is whole (its last request died), and forget what has expired."""
    for upload_id in Upload.objects.whole().values_list("pk", flat=True):
        finish(upload_id)
    for upload in Upload.objects.expired(timezone.now()):
        cancel(upload)


def set_published(upload: Upload, *, is_published: bool) -> None:
    """Whether its film is published: now if there is one, else with its last byte."""
    is_draft = Upload.objects.unfinished().filter(pk=upload.pk, replaces=False)
    if not is_draft.update(publishes=is_published):
        publication.set_published([upload.video_id], is_published=is_published)
