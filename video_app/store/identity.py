"""The media and the database carry one identity.

Where they differ, or the media are away, nothing is written, moved or deleted there: a
database that is empty or another's would count from 1 again, write over other films, and
take all of them for orphans.
"""

import logging
import os
import secrets
import uuid
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from video_app.models import Build, BuildState, Installation, Video
from video_app.store import local

logger = logging.getLogger(__name__)

MARK = ".videoflix-media"
UPLOADS = local.UPLOADS
AWAY = "The media folder is away: it does not carry this installation's mark."
FOREIGN = "The media belong to another database. See 'manage.py adopt_media'."
UNKNOWN = "The media hold films that this database does not know. See 'manage.py adopt_media'."
UNREADABLE = "The media folder cannot be read"
LOOKED_AT = 50  # films


def problem() -> str:
    """Why the media must not be changed, for people; "" when they are this database's.

    The first time, an installation of its own films, or of none, is marked.
    """
    try:
        mark = read_mark()
    except OSError as error:
        return f"{UNREADABLE}: {error.strerror}."
    installation, _ = Installation.objects.get_or_create(pk=1)
    if mark == installation.media_id:
        return ""
    if mark is not None:
        return FOREIGN
    return AWAY if installation.is_marked else _mark_first_time()


def check() -> None:
    """`AwayError` when the media must not be changed."""
    if reason := problem():
        raise local.AwayError(reason)


def read_mark() -> uuid.UUID | None:
    """The identity that the media carry; none when they carry none."""
    try:
        return uuid.UUID((local.root() / MARK).read_text().strip())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def _mark_first_time() -> str:
    if reason := _stranger():
        return reason
    with transaction.atomic():
        installation = Installation.objects.select_for_update().get(pk=1)
        try:
            write_mark(installation.media_id)
        except OSError as error:
            return f"The media folder cannot be written: {error.strerror}."
        Installation.objects.filter(pk=1).update(is_marked=True)
    logger.info("media_marked", extra={"media_id": str(installation.media_id)})
    return ""


def _stranger() -> str:
    """Why unmarked media do not look like this database's."""
    known = _known_paths()
    if known:
        return "" if any(path.exists() for path in known) else AWAY
    if Video.objects.exists():
        return ""
    return UNKNOWN if _holds_films() else ""


def _known_paths() -> list[Path]:
    """Where some sources and builds of this database should lie."""
    moved = Q(video_file="") | Q(current_build__stored_at__isnull=False)
    sources = Video.objects.exclude(moved).order_by("-pk")[:LOOKED_AT]
    whole = Build.objects.filter(state=BuildState.COMPLETE, stored_at=None)
    builds = whole.order_by("-pk")[:LOOKED_AT]
    keys = [video.video_file.name or "" for video in sources]
    return [local.path(key) for key in (*keys, *(build.prefix for build in builds))]


def _holds_films() -> bool:
    return any(next(local.root().glob(pattern), None) for pattern in ("hls/*/*", "sources/*"))


def write_mark(media_id: uuid.UUID) -> None:
    """Written aside and renamed, so that nobody reads half of it."""
    root = local.root()
    (root / UPLOADS).mkdir(parents=True, exist_ok=True)
    draft = root / f"{MARK}.{secrets.token_hex(4)}"
    with draft.open("w") as file:
        file.write(f"{media_id}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(root / MARK)
