"""What lies beside an imported film comes along: subtitles and a picture. What is broken of
it is left out with a note, and never fails the film."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from video_app.catalogue import notes
from video_app.models import Import, Subtitle, Video
from video_app.pipeline import sidecars, texts
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.sentences import sentence
from video_app.streaming import thumbnails, tracks
from video_app.work import fetching, neighbours

MAX_TEXTS = 50
MAX_PICTURE_BYTES = 20 * 1024**2
CODE = "sidecar_left_out"
LEFT_OUT = sentence("“%(name)s” beside the film was left out: %(why)s")
UNLISTED = sentence("What lies beside the film was left out: %(why)s")
FAULTS = (
    *(OSError, PipelineError, fetching.CutError, texts.BadTextError),
    thumbnails.BadImageError,
)
Keep = Callable[[], Any]


@dataclass(slots=True)
class Beside:
    """What came along. The picture is `None` when there is none, or none that can be read."""

    texts: list[Subtitle] = field(default_factory=list)
    picture: Any = None
    notes: list[str] = field(default_factory=list)


def collect(row: Import, keep: Keep) -> Beside:
    """Read what belongs to the film; `keep` is called between files."""
    there, beside = neighbours.of(row), Beside()
    try:
        names = there.names()
    except FAULTS as error:
        beside.notes.append(UNLISTED % {"why": _reason(error)})
        return beside
    _read_texts(row, there, names, beside, keep)
    _read_picture(row, there, names, beside, keep)
    return beside


def _read_texts(row: Import, there: Any, names: list[str], beside: Beside, keep: Keep) -> None:
    for text in sidecars.texts_of(row.filename, names)[:MAX_TEXTS]:
        keep()
        for content in _read(there, text.name, texts.MAX_BYTES + 1, beside):
            try:
                vtt = texts.read(content).vtt
            except texts.BadTextError as error:
                _leave_out(beside, text.name, error)
                continue
            beside.texts.append(
                Subtitle(
                    video_id=row.video_id,
                    language=text.language,
                    label=text.label,
                    is_forced=text.is_forced,
                    is_sdh=text.is_sdh,
                    text=vtt,
                )
            )


def _read_picture(row: Import, there: Any, names: list[str], beside: Beside, keep: Keep) -> None:
    for name in sidecars.pictures_of(row.filename, names):
        keep()
        for content in _read(there, name, MAX_PICTURE_BYTES, beside):
            try:
                beside.picture = thumbnails.thumbnail(BytesIO(content))
            except thumbnails.BadImageError as error:
                _leave_out(beside, name, error)
                continue
            return


def _read(there: Any, name: str, most: int, beside: Beside) -> Iterator[bytes]:
    """The file, or nothing."""
    try:
        yield there.read(name, most)
    except FAULTS as error:
        if not there.are_guessed:
            _leave_out(beside, name, error)


def _leave_out(beside: Beside, name: str, error: Exception) -> None:
    beside.notes.append(LEFT_OUT % {"name": name[:80], "why": _reason(error)})


def _reason(error: Exception) -> str:
    """An `OSError`'s own words would name a path."""
    words = getattr(error, "strerror", None) if isinstance(error, OSError) else None
    return (words or str(error)).rstrip(".")[:150] + "."


def set_picture(row: Import, beside: Beside) -> None:
    """Unless the film has got one meanwhile."""
    video = Video.objects.get(pk=row.video_id)
    if beside.picture and not video.thumbnail:
        video.thumbnail = beside.picture
        video.save(update_fields=["thumbnail", "updated_at"])


def add_texts(row: Import, beside: Beside) -> None:
    """In the transaction that makes the film whole: so they are added once."""
    Subtitle.objects.bulk_create(beside.texts)
    if beside.texts:
        tracks.announce(row.video_id)
    notes.remember(row.video_id, CODE, beside.notes)
