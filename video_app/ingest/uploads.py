"""Resumable uploads: begun as drafts, written piece by piece, finished exactly once.

The store knows how many bytes have come, the row's `writer` who may append: before each piece
it is asked, so that whoever lost the upload to a newer request writes nothing more.
"""

import hashlib
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from video_app.ingest import room
from video_app.models import Upload, Video, source_name
from video_app.store import OffsetError, identity, the_store
from video_app.streaming import publication

# Written and counted together: what a killed process loses at most.
PIECE_BYTES = 1024**2
READ_BYTES = 256 * 1024
FINISHED_HOURS = 24
# After so long, and so near to its end, an upload's last request may have died.
SILENT_SECONDS, LAST_BYTES = 60, 16 * 1024**2
# Uploads that were silent for longer have no room kept for them.
ACTIVE_HOURS = 1
ALGORITHMS = ("sha1", "sha256", "md5")
Read = Callable[[int], bytes]


class GoneError(Exception):
    """What had come of the upload is not there any more."""


class TakenOverError(Exception):
    """A newer request writes this upload."""


class BrokenOffError(Exception):
    """The body ended too early. What came is kept, unless it had a checksum."""


class ChecksumError(Exception):
    """The bytes are not those that the sender has; none of them is kept."""


class QuotaError(Exception):
    """The user has too much here already; the message is for people."""


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
    _check_quota(user, wanted.length)
    key = source_name(wanted.video, wanted.filename)
    identity.check()
    handle = the_store().begin(key)
    replaces = not wanted.video._state.adding
    now = timezone.now()
    with transaction.atomic():
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
            handle=handle,
            length=wanted.length,
            active_at=now,
            expires_at=now + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS),
        )


def refusal(length: int) -> room.Refusal | None:
    """Why there is no room for so many bytes beside what is being uploaded already."""
    since = timezone.now() - timedelta(hours=ACTIVE_HOURS)
    return room.refusal(length + Upload.objects.missing_bytes(since))


def _check_quota(user: Any, length: int) -> None:
    unfinished = Upload.objects.of(user).unfinished()
    if unfinished.count() >= settings.MAX_UNFINISHED_UPLOADS:
        raise QuotaError("You have too many unfinished uploads: finish or cancel some first.")
    if user.is_staff or not settings.UPLOAD_QUOTA_BYTES:
        return
    used = Video.objects.filter(owner=user).aggregate(bytes=Sum("size"))["bytes"] or 0
    used += unfinished.aggregate(bytes=Sum("length"))["bytes"] or 0
    if used + length > settings.UPLOAD_QUOTA_BYTES:
        limit = filesizeformat(settings.UPLOAD_QUOTA_BYTES)
        raise QuotaError(f"Your films would take more than {limit}, which is all you have.")


def offset_of(upload: Upload) -> int:
    """How many bytes have come for good; `GoneError`, `OSError`.

    Its last request may have died before the end: then it is finished here.
    """
    if upload.finished_at:
        return upload.length
    with _gone(upload):
        there = the_store().offset(upload.handle)
    if there == upload.length:
        finish(upload)
    return there


def receive(
    upload: Upload, offset: int, length: int, read: Read, checksum: "Checksum | None" = None
) -> int:
    """Append `length` bytes that `read` gives; the new offset. They are stored for good then.

    `OffsetError`, `TakenOverError`, `BrokenOffError`, `ChecksumError`, `GoneError`, `OSError`.
    """
    if upload.finished_at:
        raise OffsetError(upload.length)
    pieces = _Pieces(read, length)
    with _gone(upload), _checked(pieces, checksum) as checked:
        writer = Writer(upload, _take_over(upload, offset), offset, pieces)
        end = the_store().append(upload.handle, offset, checked, watch=writer.keep)
        writer.keep()
    if pieces.is_broken:
        raise BrokenOffError
    if end == upload.length:
        finish(upload)
    return end


@contextmanager
def _gone(upload: Upload) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        identity.check()
        raise GoneError from error


class _Pieces:
    """The bytes of a body in pieces; `is_broken` when it ended too early."""

    def __init__(self, read: Read, length: int) -> None:
        self._read = read
        self._left = length
        self.given = 0
        self.is_broken = False

    def __iter__(self) -> Iterator[bytes]:
        while self._left and not self.is_broken:
            piece, self.is_broken = _piece(self._read, min(PIECE_BYTES, self._left))
            self._left -= len(piece)
            if piece:
                yield bytes(piece)
                self.given += len(piece)


@contextmanager
def _checked(pieces: _Pieces, checksum: "Checksum | None") -> Iterator[Iterable[bytes]]:
    """The same pieces, when there is a checksum only once all of them have come and are right."""
    if checksum is None:
        yield pieces
        return
    room.prepare()
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        if pieces.is_broken:
            raise BrokenOffError
        if digest.digest() != checksum.digest:
            raise ChecksumError
        file.seek(0)
        yield _of_file(file)


def _of_file(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE_BYTES):
        yield piece


def _take_over(upload: Upload, offset: int) -> uuid.UUID:
    """Be the one who writes: whoever did so until now has lost the upload."""
    if (there := the_store().offset(upload.handle)) != offset:
        raise OffsetError(there)
    token = uuid.uuid4()
    if not Upload.objects.unfinished().filter(pk=upload.pk).update(writer=token):
        raise TakenOverError
    return token


@dataclass(frozen=True, slots=True)
class Writer:
    """The right to append, until a newer request takes it."""

    upload: Upload
    token: uuid.UUID
    start: int
    pieces: _Pieces

    def keep(self) -> None:
        """Called before each piece is stored; says in the row how far this upload is."""
        now = timezone.now()
        expires_at = now + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)
        mine = Upload.objects.unfinished().filter(pk=self.upload.pk, writer=self.token)
        came = self.start + self.pieces.given
        if not mine.update(offset=came, active_at=now, expires_at=expires_at):
            raise TakenOverError


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


def finish(upload: Upload) -> bool:
    """Make the source of a whole upload its film's; whether it was this call that did.

    From then on the film is published, if its sender wants that, and waits for its plan.
    """
    with _gone(upload):
        the_store().finish(upload.handle)
    with transaction.atomic():
        video = Video.objects.select_for_update(of=("self",)).filter(pk=upload.video_id).first()
        now = timezone.now()
        finished: dict[str, Any] = {
            "finished_at": now,
            "expires_at": now + timedelta(hours=FINISHED_HOURS),
        }
        finished |= {"offset": upload.length, "writer": None}
        if not Upload.objects.unfinished().filter(pk=upload.pk).update(**finished) or not video:
            return False
        if not upload.replaces:
            video.is_published = Upload.objects.values_list("publishes").get(pk=upload.pk)[0]
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


def abort(handle: str) -> None:
    """Remove what has come of an upload; what is in the way is left to the cleanup."""
    if not identity.problem():
        with suppress(OSError):
            the_store().abort(handle)


def tidy() -> None:
    """Finish what is whole (its last request died), and forget what has expired."""
    silent = timezone.now() - timedelta(seconds=SILENT_SECONDS)
    for upload in Upload.objects.ending(silent, LAST_BYTES):
        with suppress(GoneError):
            offset_of(upload)
    for upload in Upload.objects.expired(timezone.now()):
        cancel(upload)


def set_published(upload: Upload, *, is_published: bool) -> None:
    """Whether its film is published: now if there is one, else with its last byte."""
    is_draft = Upload.objects.unfinished().filter(pk=upload.pk, replaces=False)
    if not is_draft.update(publishes=is_published):
        publication.set_published([upload.video_id], is_published=is_published)
