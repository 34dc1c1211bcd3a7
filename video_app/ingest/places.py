"""Where staff may import films from in the admin: what `IMPORT_ROOTS` names, our own bucket,
and public addresses. Who has a shell on the server may import from anywhere."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from video_app.catalogue.sentences import translated
from video_app.pipeline.errors import PipelineError
from video_app.store import foreign
from video_app.work import addresses

ADDRESSES = ("http://", "https://")
NOT_ALLOWED = _("Films may not be imported from there. Allowed are %(places)s.")
ONLY_ADDRESSES = _("addresses")


def roots() -> list[str]:
    """The folders and places in buckets below which everything may be imported."""
    own = [str(_own_bucket())] if settings.USE_S3_MEDIA else []
    return [*settings.IMPORT_ROOTS, *own]


def _own_bucket() -> foreign.Place:
    return foreign.Place(settings.AWS_STORAGE_BUCKET_NAME, settings.AWS_LOCATION)


def allowed(location: str) -> str:
    """The place, written as it is imported; `ValidationError` unless staff may import from it."""
    if location.startswith(ADDRESSES):
        return _address(location)
    is_bucket = location.startswith(foreign.SCHEME)
    found = _in_bucket(location) if is_bucket else _in_folder(location)
    if not found:
        raise ValidationError(NOT_ALLOWED % {"places": ", ".join([*roots(), str(ONLY_ADDRESSES)])})
    return found


def _address(location: str) -> str:
    try:
        addresses.split(location)
    except PipelineError as error:
        raise ValidationError(translated(str(error))) from error
    return location


def _in_bucket(location: str) -> str:
    try:
        place = foreign.parse(location)
    except foreign.NoBucketError as error:
        raise ValidationError(translated(str(error))) from error
    here = f"{place}/"
    buckets = (str(foreign.parse(root)) for root in roots() if root.startswith(foreign.SCHEME))
    return str(place) if any(here.startswith(f"{root.rstrip('/')}/") for root in buckets) else ""


def _in_folder(location: str) -> str:
    """Without links and dots, so that what is compared is what will be read."""
    path = Path(location)
    folders = [Path(root).resolve() for root in roots() if Path(root).is_absolute()]
    try:
        real = path.resolve()
    except (OSError, RuntimeError):  # links that lead in circles
        return ""
    is_inside = path.is_absolute() and any(real.is_relative_to(folder) for folder in folders)
    return str(real) if is_inside else ""
