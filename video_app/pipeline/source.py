"""Looking at an uploaded file: the probe's process and what it found."""

import json
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from video_app.pipeline import ffmpeg
from video_app.pipeline.command import remux
from video_app.pipeline.damage import broken_share
from video_app.pipeline.errors import EncodeError, PipelineError
from video_app.pipeline.probe import COMPLETE_SHARE, DEAF, NO_FILM, source_from_facts
from video_app.pipeline.types import Source

SEEKABLE = ".seekable.mkv"
PARTIAL = ".partial"
PROBE_SECONDS = 50
# Bytes a second that are read when every packet of a file has to be looked at.
SCAN_RATE = 50 * 1024**2
COPY_SECONDS = 3600
# Bytes a second of lossless stereo that cannot be compressed.
SOUND_BYTES = 200_000
MAX_STREAMS = 1000  # of a file that was accepted before


def read_source(path: Path, *, max_streams: int, watch: Callable[[], None] | None = None) -> Source:
    """What the file is; `PipelineError` with a reason for people when it is no film.

    Every packet may have to be looked at, which takes minutes for a large file: `watch`
    is called about once a second and stops the work by raising.
    """
    if not path.exists():
        raise PipelineError("The uploaded file is gone from the storage.")
    if path.stat().st_size == 0:
        raise PipelineError("The file is empty.")
    return source_from_facts(_facts(path, watch), max_streams=max_streams)


def _facts(path: Path, watch: Callable[[], None] | None) -> dict[str, Any]:
    try:
        return _probe(path, watch)
    except EncodeError as error:  # it crashed, ate its memory or its time: the file's doing
        if isinstance(error, ffmpeg.TimeLimitError):
            raise PipelineError(NO_FILM) from error
    try:
        # Its sound may be what it crashed over.
        return _probe(path, watch, DEAF)
    except EncodeError as error:
        raise PipelineError(NO_FILM) from error


def _probe(path: Path, watch: Callable[[], None] | None, *mode: str) -> dict[str, Any]:
    seconds = PROBE_SECONDS + path.stat().st_size // SCAN_RATE
    limits = ffmpeg.ProcessLimits(seconds=seconds, memory=2 * 1024**3, file_size=0)
    argv = [sys.executable, "-m", "video_app.pipeline.probe_child", str(path), *mode]
    facts: dict[str, Any] = json.loads(ffmpeg.run(argv, limits, watch=watch))
    return facts


def seekable_path(path: Path) -> Path:
    """Where the copy of an index-less source lies."""
    return path.with_name(path.name + SEEKABLE)


def make_seekable(
    binary: str, path: Path, found: Source, target: Path, *, watch: Callable[[], None]
) -> None:
    """Copy the streams of a file that cannot be sought in into Matroska, with steady sound.

    `found` is what the file is. `PipelineError` when a part of the film is lost in the copy.
    """
    limits = ffmpeg.ProcessLimits(seconds=COPY_SECONDS, file_size=_most_bytes(path, found))
    partial = target.with_suffix(f".{uuid.uuid4().hex}{PARTIAL}")  # others may be at it too
    try:
        ffmpeg.run(remux(binary, str(path), found, str(partial)), limits, watch=watch)
        _refuse_lost(path, found, read_source(partial, max_streams=MAX_STREAMS, watch=watch))
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _refuse_lost(path: Path, found: Source, copied: Source) -> None:
    """ffmpeg goes on after long damage as if nothing had been there."""
    if copied.duration >= found.duration * COMPLETE_SHARE:
        return
    # Where advertisements were cut out the clock jumps too, and nothing is lost.
    if found.container == "mpegts" and broken_share(path) <= 1 - COMPLETE_SHARE:
        return
    raise PipelineError(
        f"The file is damaged: of {float(found.duration):.0f} s only "
        f"{float(copied.duration):.0f} s can be read. Please upload it again."
    )


def _most_bytes(path: Path, found: Source) -> int:
    """Twice what is expected: recordings state their length badly."""
    sound = int(found.duration * len(found.audios) * SOUND_BYTES)
    return 2 * (path.stat().st_size + sound) + 2**20
