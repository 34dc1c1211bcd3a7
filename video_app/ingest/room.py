"""Whether an upload has a place to go: asked before its first byte is read."""

import errno
import logging
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from video_app.store import AwayError, identity, local, the_store

logger = logging.getLogger(__name__)

INSUFFICIENT_STORAGE, UNAVAILABLE = 507, 503
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
UNUSABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOENT, errno.ESTALE}
FULL = _("There is no room left for this upload on the server.")
AWAY = _("Nothing can be uploaded now; please try again later.")
NEEDS = _("It needs %(size)s; %(free)s are free.")
READ_ONLY = _(
    "Nothing can be uploaded now; please try again later. The media storage cannot be written to."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP status and the words for it."""

    status: int
    detail: str


def refusal(size: int) -> Refusal | None:
    """Why `size` bytes cannot be taken now; None when they can. Nothing of them is read yet."""
    if unprepared := prepare():
        return unprepared
    try:
        free = local.free_bytes()
    except OSError as error:
        return refusal_of(error) or Refusal(UNAVAILABLE, str(AWAY))
    if size > free:
        about = {"size": filesizeformat(size), "free": filesizeformat(free)}
        text = f"{FULL} {NEEDS % about}"
        return Refusal(INSUFFICIENT_STORAGE, text)
    return None


def refusal_of(error: OSError) -> Refusal | None:
    """What to say when writing an upload failed; None when it is not the storage's fault."""
    logger.error("upload_not_stored", extra={"reason": str(error)})
    if isinstance(error, AwayError):
        return Refusal(UNAVAILABLE, f"{AWAY} {error}")
    if error.errno in NO_ROOM:
        return Refusal(INSUFFICIENT_STORAGE, str(FULL))
    if error.errno in UNUSABLE:
        return Refusal(UNAVAILABLE, str(READ_ONLY))
    return None


def prepare() -> Refusal | None:
    """Have the folder of unfinished uploads; why that cannot be, or None.

    Media that are away, or another database's, are left alone.
    """
    try:
        identity.check()
        local.path(local.UPLOADS).mkdir(parents=not the_store().puts_at_once, exist_ok=True)
    except OSError as error:
        return refusal_of(error) or Refusal(UNAVAILABLE, str(AWAY))
    return None
