"""The copy of a source that chunks cannot be cut out of: made once, with an index."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from video_app.pipeline import ffmpeg
from video_app.pipeline.command import remux
from video_app.pipeline.damage import broken_share
from video_app.pipeline.errors import EncodeError, PipelineError
from video_app.pipeline.location import Location, size
from video_app.pipeline.matroska import leave_aspect_to_pictures
from video_app.pipeline.probe import source_from_facts
from video_app.pipeline.refusals import COMPLETE_SHARE
from video_app.pipeline.sentences import sentence
from video_app.pipeline.source import CRASHED, read_facts
from video_app.pipeline.streams import Note, Source, seeks_exactly

LOST_PARTS = sentence(
    "%(number)s files are joined in this one: the film ends after %(kept)s, the next differs."
)
LOST_TEXTS = sentence("Several files are joined in this one: their subtitles were left out.")
LOST_REST = sentence(
    "The file is damaged: of %(whole)s s only %(read)s s can be read. Please upload it again."
)
SEEKABLE = ".seekable.mkv"
COPY_SECONDS = 3600
# Bytes a second of lossless stereo that cannot be compressed.
SOUND_BYTES = 200_000
MAX_STREAMS = 1000  # of a file that was accepted before


def seekable_key(key: str) -> str:
    """Where the copy of an index-less source lies."""
    return f"{key}{SEEKABLE}"


def make_seekable(
    binary: str, path: Location, found: Source, target: Path, *, watch: Callable[[], None]
) -> Source:
    """Copy the streams of a file that cannot be sought in into Matroska, with steady sound.

    `found` is what the file is; returned is what the copy is, with the file's notes. The folder
    of `target` is nobody else's. `PipelineError` when a part of the film is lost in the copy.
    """
    if found.parts > 1:
        path, found = _join(path, found, target.with_suffix(".joined.mkv"), watch)
    limits = ffmpeg.ProcessLimits(seconds=COPY_SECONDS, file_size=_most_bytes(path, found))
    ffmpeg.run(remux(binary, str(path), found, str(target)), limits, watch=watch)
    if not seeks_exactly(found.container):
        leave_aspect_to_pictures(target)
    copied = _read_copy(target, watch)
    _refuse_lost(path, found, copied)
    return _with_facts_of(found, copied)


def _read_copy(path: Path, watch: Callable[[], None]) -> Source:
    return source_from_facts(read_facts(path, watch), max_streams=MAX_STREAMS, is_copy=True)


def _with_facts_of(found: Source, copied: Source) -> Source:
    is_interlaced = found.video.is_interlaced or copied.video.is_interlaced
    video = replace(copied.video, is_interlaced=is_interlaced)
    notes = tuple(dict.fromkeys(found.notes + copied.notes))
    return replace(copied, video=video, notes=notes, chapters=found.chapters)


def _join(
    path: Location, found: Source, target: Path, watch: Callable[[], None]
) -> tuple[Location, Source]:
    """The files that lie in one as one film: where it lies and what it is."""
    limits = ffmpeg.ProcessLimits(seconds=COPY_SECONDS, file_size=2 * found.size + 2**20)
    argv = [sys.executable, "-m", "video_app.pipeline.join_child", str(path), str(target)]
    try:
        count = int(ffmpeg.run(argv, limits, watch=watch))
    except ffmpeg.TimeLimitError:
        raise
    except EncodeError as error:
        raise PipelineError(CRASHED) from error
    notes = found.notes
    if count < found.parts:
        notes += (Note("joined_parts", LOST_PARTS % {"number": found.parts, "kept": count}),)
    if found.subtitles:
        notes += (Note("joined_subtitles", LOST_TEXTS),)
    return target, replace(_read_copy(target, watch), notes=notes)


def _refuse_lost(path: Location, found: Source, copied: Source) -> None:
    """ffmpeg goes on after long damage as if nothing had been there."""
    if copied.duration >= found.duration * COMPLETE_SHARE:
        return
    # Where advertisements were cut out the clock jumps too, and nothing is lost.
    if found.container == "mpegts" and broken_share(path) <= 1 - COMPLETE_SHARE:
        return
    told = {"whole": f"{float(found.duration):.0f}", "read": f"{float(copied.duration):.0f}"}
    raise PipelineError(LOST_REST % told)


def _most_bytes(path: Location, found: Source) -> int:
    """Twice what is expected: recordings state their length badly."""
    sound = int(found.duration * len(found.audios) * SOUND_BYTES)
    return 2 * (size(path) + sound) + 2**20
