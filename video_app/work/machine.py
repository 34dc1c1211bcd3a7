"""Whose fault a failure is: the file's, or this machine's.

Faults of the file are counted and end in a refusal; those of a machine wait and go on by
themselves.
"""

import errno
import tempfile
from pathlib import Path

from django.conf import settings

from video_app.pipeline import ffmpeg, selftest
from video_app.pipeline.errors import EncodeError, StorageFullError
from video_app.pipeline.sentences import sentence
from video_app.store import AwayError, identity, local

NO_ROOM = sentence("There is no room left for the encoded film.")
STORAGE = sentence("The storage is at fault: %(why)s")
UNWRITABLE = sentence("The media cannot be written: %(why)s")
BROKEN_FFMPEG = sentence("ffmpeg is broken here: %(why)s")
# What the system says when a disk, a share, a descriptor table or memory is at fault.
ERRNOS = {
    *(errno.EROFS, errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ENODEV, errno.ENXIO),
    *(errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ETIMEDOUT),
    *(errno.EBUSY, errno.ENOTDIR, errno.ENOEXEC, errno.EREMOTEIO, errno.EHOSTDOWN),
}
FULL = {errno.ENOSPC, errno.EDQUOT}
MIN_FREE_BYTES = 128 * 1024


def fault(error: Exception) -> str:
    """What is wrong with this machine, in words for its operators; "" when nothing is."""
    if isinstance(error, StorageFullError) or _errno(error) in FULL:
        return NO_ROOM
    if isinstance(error, AwayError) or _errno(error) in ERRNOS:
        return STORAGE % {"why": error}
    return storage_problem() or ffmpeg_problem()


def _errno(error: Exception) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def storage_problem() -> str:
    """Why nothing can be written to the media now; "" when it can."""
    return identity.problem() or _write_problem()


def _write_problem() -> str:
    try:
        is_full = local.free_bytes() < MIN_FREE_BYTES
    except OSError as error:
        return NO_ROOM if error.errno in FULL else UNWRITABLE % {"why": error}
    return NO_ROOM if is_full else ""


def ffmpeg_problem() -> str:
    """Why ffmpeg cannot encode here; "" when it can."""
    try:
        selftest.self_test(ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY), Path(tempfile.gettempdir()))
    except (EncodeError, OSError) as error:
        return (BROKEN_FFMPEG % {"why": error})[:300]
    return ""
