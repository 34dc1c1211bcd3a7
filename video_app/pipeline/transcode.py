"""Encoding one chunk in a work folder, and proving that it came out as planned."""

import errno
import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from video_app.pipeline import command, ffmpeg
from video_app.pipeline.errors import EncodeError, StorageFullError
from video_app.pipeline.layout import segment_name, track_name
from video_app.pipeline.progress import Progress
from video_app.pipeline.transport import CLOCK, BrokenSegmentError, Segment, read_segment
from video_app.pipeline.types import AAC_FRAME, SAMPLE_RATE, ChunkSpan, Plan, Rung

# Wall clock: generous, because a slow machine is no error.
SECONDS_PER_SECOND = 40
MIN_SECONDS = 300
# Address space: stacks, heaps and pictures of each thread of the decoder, the filters and
# five encoders. Measured with 8K HDR: 1.7 GB with one thread, 0.4 GB more with each further.
MEMORY = 3 * 1024**3
MEMORY_PER_THREAD = 512 * 1024**2


def chunk_seconds(plan: Plan, span: ChunkSpan) -> int:
    """The wall clock that one chunk may take."""
    length = plan.time(span.end_frame - span.first_frame)
    return max(MIN_SECONDS, int(length * SECONDS_PER_SECOND))


def chunk_memory(threads: int) -> int:
    """Bytes that an encode may take; 0 threads are one for each core."""
    return MEMORY + MEMORY_PER_THREAD * (threads or os.cpu_count() or 1)


def encode_chunk(
    binary: str,
    source: Path,
    plan: Plan,
    span: ChunkSpan,
    work: Path,
    *,
    threads: int = 0,
    niceness: int = 10,
    watch: Callable[[float], None] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Encode the chunk's segments of all rungs into `work` and measure them.

    `watch` gets the encoded seconds about once a second and stops the encode by
    raising. Returns the chunk's report (see `playlist`). `EncodeError` when the
    output is not exactly what was planned, whatever ffmpeg said.
    """
    for folder in plan.folders:
        (work / folder).mkdir(parents=True, exist_ok=True)
    progress = _progress(plan, span)
    limits = ffmpeg.ProcessLimits(
        seconds=chunk_seconds(plan, span), memory=chunk_memory(threads), niceness=niceness
    )
    try:
        ffmpeg.run(
            command.encode_chunk(binary, str(source), plan, span, threads=threads),
            limits,
            cwd=work,
            on_line=progress.feed,
            watch=(lambda: watch(progress.seconds)) if watch else None,
        )
        return measure(plan, span, work)
    except (EncodeError, OSError) as error:
        _raise_if_full(work, error)
        raise


def _progress(plan: Plan, span: ChunkSpan) -> Progress:
    divisor = plan.rungs[0].rate_divisor
    return Progress(divisor / plan.rate, (span.end_frame - span.first_frame) // divisor)


def _raise_if_full(work: Path, error: Exception) -> None:
    """ffmpeg's HLS muxer says nothing about a full disk, so ask the disk."""
    is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if is_full or shutil.disk_usage(work).free < 2**20:
        raise StorageFullError("There is no room left for the encoded film.") from error


def measure(plan: Plan, span: ChunkSpan, work: Path) -> dict[str, list[dict[str, Any]]]:
    report = {}
    for rung in plan.rungs:
        segments = _read(span, work / rung.name)
        for number, segment in enumerate(segments, span.first_segment):
            _check_pictures(plan, rung, number, segment)
        if plan.has_audio:
            _check_sound(plan, span, rung.name, segments)
        report[rung.name] = [{"size": s.size, "iframes": s.iframes} for s in segments]
    for number in range(len(plan.tracks)):
        name = track_name(number)
        segments = _read(span, work / name, has_pictures=False)
        _check_sound(plan, span, name, segments)
        report[name] = [{"size": s.size} for s in segments]
    return report


def _read(span: ChunkSpan, folder: Path, *, has_pictures: bool = True) -> list[Segment]:
    numbers = range(span.first_segment, span.end_segment)
    return [_read_one(folder / segment_name(n), has_pictures=has_pictures) for n in numbers]


def _read_one(path: Path, *, has_pictures: bool) -> Segment:
    try:
        return read_segment(path.read_bytes(), has_pictures=has_pictures)
    except FileNotFoundError:
        raise EncodeError(f"{path.name} was not written") from None
    except BrokenSegmentError as error:
        raise EncodeError(f"{path.name} is damaged: {error}") from error


def _check_pictures(plan: Plan, rung: Rung, number: int, segment: Segment) -> None:
    first, end = plan.cuts[number], plan.cuts[number + 1]
    planned = (end - first) // rung.rate_divisor
    if segment.pictures != planned:
        raise EncodeError(
            f"{rung.name} segment {number}: {segment.pictures} pictures, not {planned}"
        )
    if not segment.starts_with_key:
        raise EncodeError(f"{rung.name} segment {number} does not start with a key picture")
    expected = (command.TIMESTAMP_ORIGIN + plan.time(first)) * CLOCK
    _check_stamp(f"{rung.name} segment {number}", segment.first_pts, expected)


def _check_sound(plan: Plan, span: ChunkSpan, name: str, segments: list[Segment]) -> None:
    first, end = command.audio_frames(plan, span)
    found = sum(segment.sound_frames for segment in segments)
    if found != end - first:
        raise EncodeError(f"{name}: {found} sound frames, not {end - first}")
    start = Fraction(first * AAC_FRAME, SAMPLE_RATE)
    stamps = [s.first_sound_pts for s in segments if s.first_sound_pts is not None]
    _check_stamp(f"{name} sound", min(stamps), (command.TIMESTAMP_ORIGIN + start) * CLOCK)


def _check_stamp(what: str, stamp: int | None, expected: Fraction) -> None:
    """Within a tick or two of rounding, modulo the 33 bits that a stamp has."""
    if stamp is None or abs((stamp - round(expected) + 2**32) % 2**33 - 2**32) > 2:
        raise EncodeError(f"{what} starts at {stamp}, not {round(expected)}")
