"""What is made of a whole build: progressive MP4s, subtitles, the storyboard."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from video_app.pipeline import command, ffmpeg, layout, storyboard
from video_app.pipeline.errors import EncodeError, StorageFullError
from video_app.pipeline.location import Location
from video_app.pipeline.subtitles import cut
from video_app.pipeline.types import Plan, Rung

# Seconds for a copy; a film of six hours is read and written twice.
COPY_SECONDS = 3600
# The copy is smaller than the transport stream; less than this share is no copy of it.
MIN_SHARE = 0.6
# What a transport stream adds to a packet: headers, and stuffing up to 188 bytes.
MAX_PADDING = 200
AAC_RATE = Fraction(48000, 1024)  # packets per second
MAX_TEXT_BYTES = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Subtitles:
    """How many text streams there are, and the places among them of which a part is missing."""

    count: int
    cut_short: frozenset[int] = frozenset()


def make_progressive(
    binary: str, folder: Path, plan: Plan, rung: Rung, target: Path, *, watch: Callable[[], None]
) -> int:
    """Join a rung's segments, which lie in `folder`, in the MP4 `target`; its size in bytes."""
    names = segment_names(plan)
    whole = sum((folder / name).stat().st_size for name in names)
    if shutil.disk_usage(target.parent).free < 2 * whole:
        raise StorageFullError("There is no room left for the progressive file.")
    limits = ffmpeg.ProcessLimits(seconds=COPY_SECONDS, file_size=2 * whole + 2**20)
    ffmpeg.run(command.join(binary, names, str(target)), limits, cwd=folder, watch=watch)
    size = target.stat().st_size
    if size < MIN_SHARE * (whole - _most_padding(plan, rung)):
        raise EncodeError(f"{rung.name}.mp4 is too small to be the whole film")
    return size


def _most_padding(plan: Plan, rung: Rung) -> float:
    """Bytes; in the stream of a dark and silent film nearly everything is padding."""
    packets = plan.frames / rung.rate_divisor + plan.duration * AAC_RATE
    return float(packets) * MAX_PADDING


def make_subtitles(
    binary: str,
    source: Location,
    plan: Plan,
    folder: Path,
    work: Path,
    *,
    watch: Callable[[], None],
) -> Subtitles:
    """Write `subtitles-N/NNN.vtt` for each text stream of the source."""
    streams = plan.source.subtitles
    if not streams:
        return Subtitles(0)
    broken_off = _extract_texts(binary, source, [stream.index for stream in streams], work, watch)
    for place in range(len(streams)):
        whole = work / f"{place}.vtt"
        text = whole.read_text(errors="replace") if whole.exists() else ""
        target = folder / layout.subtitles_name(place)
        target.mkdir(parents=True, exist_ok=True)
        lost: list[int] = []
        for number, segment in enumerate(cut(text, plan.duration, on_loss=lost.append)):
            (target / layout.subtitle_name(number)).write_text(segment)
        if lost or len(text.encode()) >= MAX_TEXT_BYTES:  # ffmpeg ends there without a word
            broken_off.add(place)
    return Subtitles(len(streams), frozenset(broken_off))


def _extract_texts(
    binary: str, source: Location, indexes: list[int], work: Path, watch: Callable[[], None]
) -> set[int]:
    """Write `N.vtt` for each stream into `work`; one that is damaged or endless spoils no other.
    Those of which a part is missing."""
    limits = ffmpeg.ProcessLimits(seconds=COPY_SECONDS, file_size=MAX_TEXT_BYTES)
    try:
        argv = command.subtitles(binary, str(source), dict(enumerate(indexes)), str(work))
        ffmpeg.run(argv, limits, watch=watch)
    except ffmpeg.TimeLimitError:
        raise
    except EncodeError:
        places = range(len(indexes))
        return {n for n in places if not _extract_text(binary, source, n, indexes[n], work, watch)}
    return set()


def _extract_text(
    binary: str, source: Location, place: int, index: int, work: Path, watch: Callable[[], None]
) -> bool:
    """Whether all of the stream was written; what was until an error is shown."""
    limits = ffmpeg.ProcessLimits(seconds=COPY_SECONDS, file_size=MAX_TEXT_BYTES)
    try:
        ffmpeg.run(
            command.subtitles(binary, str(source), {place: index}, str(work)), limits, watch=watch
        )
    except EncodeError:
        return False
    return True


def storyboard_rung(plan: Plan) -> Rung:
    """The rendition that a storyboard is drawn from."""
    return next((rung for rung in plan.rungs if rung.height >= 240), plan.rungs[-1])


def make_storyboard(
    binary: str, folder: Path, plan: Plan, sheets: Path, *, watch: Callable[[], None]
) -> int:
    """Write `NNN.jpg` into `sheets` from a rung's segments in `folder`; how many."""
    sheets.mkdir()
    limits = ffmpeg.ProcessLimits(seconds=COPY_SECONDS, file_size=MAX_TEXT_BYTES)
    argv = command.storyboard(binary, segment_names(plan), plan, str(sheets))
    ffmpeg.run(argv, limits, cwd=folder, watch=watch)
    made = len(list(sheets.iterdir()))
    if made != storyboard.sheets(plan):
        raise EncodeError(f"{made} sheets, not {storyboard.sheets(plan)}")
    return made


def segment_names(plan: Plan) -> list[str]:
    return [layout.segment_name(number) for number in range(plan.segments)]
