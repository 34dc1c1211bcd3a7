"""The media and the database carry one identity.

Where they differ, or the media are away, nothing is written, moved or deleted there: a
database that is empty or another's would count from 1 again, write over other films, and
take all of them for orphans.
"""

import logging
import uuid

from django.conf import settings
from django.db import transaction

from video_app.models import Build, BuildState, Installation, Video
from video_app.pipeline.sentences import sentence
from video_app.store import local
from video_app.store.chosen import is_there, the_store
from video_app.store.interface import AwayError

logger = logging.getLogger(__name__)

MARK = ".videoflix-media"
AWAY = sentence("The media are away: they do not carry this installation's mark.")
FOREIGN = sentence("The media belong to another database. See 'manage.py adopt_media'.")
UNKNOWN = sentence(
    "The media hold films that this database does not know. See 'manage.py adopt_media'."
)
UNREADABLE = sentence("The media cannot be read: %(why)s.")
UNWRITABLE = sentence("The media cannot be written: %(why)s.")
LOOKED_AT = 50  # films


def problem() -> str:
    """Why the media must not be changed, for people; "" when they are this database's.

    The first time, an installation of its own films, or of none, is marked.
    """
    try:
        mark = read_mark()
    except OSError as error:
        return UNREADABLE % {"why": error.strerror or error}
    installation, _ = Installation.objects.get_or_create(pk=1)
    if mark == installation.media_id:
        return ""
    if mark is not None:
        return FOREIGN
    return AWAY if installation.is_marked else _mark_first_time()


def check() -> None:
    """`AwayError` when the media must not be changed."""
    if reason := problem():
        raise AwayError(reason)


def read_mark() -> uuid.UUID | None:
    """The identity that the media carry; none when they carry none."""
    try:
        with the_store().open(MARK) as file:
            return uuid.UUID(file.read().decode().strip())
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
            return UNWRITABLE % {"why": error.strerror or error}
        Installation.objects.filter(pk=1).update(is_marked=True)
    logger.info("media_marked", extra={"media_id": str(installation.media_id)})
    return ""


def _stranger() -> str:
    """Why unmarked media do not look like this database's."""
    known = _known_keys()
    if known:
        return "" if any(_exists(key) for key in known) else AWAY
    if Video.objects.exists():
        return ""
    return UNKNOWN if _holds_films() else ""


def _known_keys() -> list[str]:
    """Where some sources and builds of this database should lie."""
    elsewhere = {"current_build__stored_at__isnull": settings.USE_S3_MEDIA}
    sources = Video.objects.exclude(video_file="").exclude(**elsewhere).order_by("-pk")
    whole = Build.objects.filter(
        state=BuildState.COMPLETE, stored_at__isnull=not settings.USE_S3_MEDIA
    )
    keys = [video.video_file.name or "" for video in sources[:LOOKED_AT]]
    return [*keys, *(build.prefix for build in whole.order_by("-pk")[:LOOKED_AT])]


def _exists(key: str) -> bool:
    """Whether there is a file, or anything under a prefix."""
    return next(the_store().list(key), None) is not None or is_there(key)


def _holds_films() -> bool:
    films = (film for film in the_store().list("hls") if film.is_folder)
    builds = (next(the_store().list(film.key), None) for film in films)
    return any(builds) or next(the_store().list("sources"), None) is not None


def write_mark(media_id: uuid.UUID) -> None:
    """Written aside and then put, so that nobody reads half of it."""
    with local.work_folder() as folder:
        (folder / MARK).write_text(f"{media_id}\n")
        the_store().put([(folder / MARK, MARK)])
