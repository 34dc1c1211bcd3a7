"""Encoding one chunk in a work folder, and proving that it came out as planned."""

import errno
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from video_app.pipeline import command, ffmpeg, seeking
from video_app.pipeline.command import Back
from video_app.pipeline.errors import (
    DamagedSourceError,
    EncodeError,
    StorageFullError,
    UnknownCodecError,
)
from video_app.pipeline.layout import segment_name
from video_app.pipeline.location import Location
from video_app.pipeline.measure import UnplannedOutputError, measure
from video_app.pipeline.progress import Progress
from video_app.pipeline.streams import Source
from video_app.pipeline.types import ChunkSpan, Plan

# Wall clock: generous, because a slow machine is no error.
SECONDS_PER_SECOND = 40
MIN_SECONDS = 300
# Address space: stacks, heaps and pictures of each thread of the decoder, the filters and
# five encoders. Measured with 8K HDR: 1.7 GB with one thread, 0.4 GB more with each further.
MEMORY = 3 * 1024**3
MEMORY_PER_THREAD = 512 * 1024**2
# What ffmpeg says when the file is at fault, whatever its version.
DECODER_IS_MISSING = re.compile(r"Unknown decoder|[Dd]ecoder .*not found|no decoder found")
INPUT_IS_BROKEN = re.compile(
    r"Invalid data found|rror while decoding|rror submitting packet|Decode error rate"
)

# What decoders say when they begin between key pictures, and nothing is missing afterwards.
HARMLESS = re.compile(r"mmco|POCs unavailable|reference (picture|frame)|first frame")
MAX_HELD = 10  # seconds
# What it says when the storage or the memory is.
MACHINE_IS_AT_FAULT = re.compile(
    r"Input/output error|Stale file|endpoint is not connected|No such file|Permission denied"
    r"|Cannot allocate memory"
)

Report = dict[str, list[dict[str, Any]]]
Watch = Callable[[float], None] | None


@dataclass(slots=True)
class _Encode:
    """A chunk to be encoded, perhaps more than once."""

    binary: str
    source: Location
    plan: Plan
    span: ChunkSpan
    work: Path
    threads: int
    niceness: int
    watch: Watch
    complaints: list[str] = field(default_factory=list)

    def run(self, back: Back) -> Report:
        """One try, from a seek point on; see `command.seek_point`."""
        progress = _progress(self.plan, self.span)
        watch = self.watch
        _make_folders(self.work, self.plan, self.span)
        ffmpeg.run(
            command.encode_chunk(
                self.binary,
                str(self.source),
                self.plan,
                self.span,
                threads=self.threads,
                back=back,
            ),
            self.limits,
            cwd=self.work,
            on_line=progress.feed,
            watch=(lambda: watch(progress.seconds)) if watch else None,
            on_complaint=self.complaints.append,
        )
        return measure(self.plan, self.span, self.work)

    @property
    def limits(self) -> ffmpeg.ProcessLimits:
        return ffmpeg.ProcessLimits(
            seconds=_try_seconds(self.plan, self.span),
            memory=chunk_memory(self.threads),
            niceness=self.niceness,
        )

    def find_start(self) -> Back:
        where = (self.binary, str(self.source), self.plan, self.span)
        return seeking.trusted_start(*where, self.limits, watch=self.keep)

    def refuse_lost(self, start: Back) -> None:
        """A few seconds of damage are bridged by the picture before it, more are not a film."""
        lines = [line for text in self.complaints for line in text.splitlines()]
        if all(is_harmless(line, self.plan.source) for line in lines):
            return
        where = (self.binary, str(self.source), self.plan, self.span)
        gap = seeking.longest_gap(*where, start, self.limits, watch=self.keep)
        if gap > MAX_HELD:
            raise UnplannedOutputError(f"one picture is held for {float(gap):.1f} s")

    def keep(self) -> None:
        if self.watch:
            self.watch(0)


def encode_chunk(
    binary: str,
    source: Location,
    plan: Plan,
    span: ChunkSpan,
    work: Path,
    *,
    threads: int = 0,
    niceness: int = 10,
    watch: Watch = None,
) -> Report:
    """Encode the chunk's segments of all rungs into `work` and measure them.

    `watch` gets the encoded seconds about once a second and stops the encode by
    raising. Returns the chunk's report (see `playlist`). `EncodeError` when the
    output is not exactly what was planned, whatever ffmpeg said; `DamagedSourceError`
    when that is the file's doing.
    """
    encode = _Encode(binary, source, plan, span, work, threads, niceness, watch)
    try:
        return _encode_exactly(encode)
    except (EncodeError, OSError) as error:
        _raise_if_full(work, error)
        _raise_if_damaged(encode, error)
        raise


def _encode_exactly(encode: _Encode) -> Report:
    """A container may lie about where decoding can begin. When anything is odd about what
    came out, the pictures are compared with those decoded from further back."""
    report, start = _encode_somehow(encode)
    encode.refuse_lost(start)
    return report


def _encode_somehow(encode: _Encode) -> tuple[Report, Back]:
    """The report, and where decoding began."""
    if command.seek_point(encode.plan, encode.span, command.NEAREST) is None:
        return encode.run(None), None
    if encode.plan.source.must_decode_from_start:
        return _encode_carefully(encode)
    try:
        report = encode.run(command.NEAREST)
    except ffmpeg.TimeLimitError:
        raise
    except EncodeError as error:
        _raise_if_full(encode.work, error)
        return _encode_carefully(encode)
    if not (encode.complaints or seeking.is_odd(encode.plan.source)):
        return report, command.NEAREST
    start = encode.find_start()
    return (report if start == command.NEAREST else encode.run(start)), start


def _encode_carefully(encode: _Encode) -> tuple[Report, Back]:
    start = encode.find_start()
    return encode.run(start), start


def is_harmless(complaint: str, source: Source) -> bool:
    """Whether a line of ffmpeg's is no sign of pictures that are missing."""
    marks = [
        (f"[{audio.codec}", f"#0:{audio.index}:", f"#0:{audio.index}/") for audio in source.audios
    ]
    is_sound = any(mark in complaint for of_one in marks for mark in of_one)
    return is_sound or HARMLESS.search(complaint) is not None


def _make_folders(work: Path, plan: Plan, span: ChunkSpan) -> None:
    """Without what an earlier try left of this chunk."""
    for folder in plan.folders:
        (work / folder).mkdir(parents=True, exist_ok=True)
        for number in range(span.first_segment, span.end_segment):
            (work / folder / segment_name(number)).unlink(missing_ok=True)


def chunk_seconds(plan: Plan, span: ChunkSpan) -> int:
    """The wall clock that one chunk may take, with a second try from the film's start."""
    return 2 * _try_seconds(plan, span)


def _try_seconds(plan: Plan, span: ChunkSpan) -> int:
    length = plan.time(span.end_frame - span.first_frame)
    return max(MIN_SECONDS, int(length * SECONDS_PER_SECOND)) + int(plan.time(span.first_frame))


def chunk_memory(threads: int) -> int:
    """Bytes that an encode may take; 0 threads are one for each core."""
    return MEMORY + MEMORY_PER_THREAD * (threads or os.cpu_count() or 1)


def _progress(plan: Plan, span: ChunkSpan) -> Progress:
    divisor = plan.rungs[0].rate_divisor
    return Progress(divisor / plan.rate, (span.end_frame - span.first_frame) // divisor)


def _raise_if_full(work: Path, error: Exception) -> None:
    """ffmpeg's HLS muxer says nothing about a full disk, so ask the disk."""
    is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if is_full or shutil.disk_usage(work).free < 2**20:
        raise StorageFullError("There is no room left for the encoded film.") from error


def _raise_if_damaged(encode: _Encode, error: Exception) -> None:
    """Tell a file's fault from the machine's: the same decoder that fails here is well."""
    said = "\n".join([str(error), *encode.complaints])
    if MACHINE_IS_AT_FAULT.search(said):
        return
    if DECODER_IS_MISSING.search(str(error)):
        codec = encode.plan.source.video.codec
        raise UnknownCodecError(
            f'The picture is encoded as "{codec}", which the server cannot decode.'
        ) from error
    is_short = isinstance(error, UnplannedOutputError) and encode.complaints
    if is_short or INPUT_IS_BROKEN.search(str(error)):
        start, end = (encode.plan.time(n) for n in (encode.span.first_frame, encode.span.end_frame))
        raise DamagedSourceError(
            f"The file is damaged: what lies between {float(start):.0f} s and {float(end):.0f} s "
            "cannot be decoded. Please upload it again."
        ) from error
