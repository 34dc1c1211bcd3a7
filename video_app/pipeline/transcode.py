"""Encoding one chunk in a work folder, and proving that it came out as planned."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from video_app.pipeline import command, ffmpeg, seeking
from video_app.pipeline.chunk_limits import chunk_memory, try_seconds
from video_app.pipeline.command import Back
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.faults import is_harmless, raise_if_damaged, raise_if_full
from video_app.pipeline.layout import segment_name
from video_app.pipeline.location import Location
from video_app.pipeline.measure import UnplannedOutputError, measure
from video_app.pipeline.progress import Progress
from video_app.pipeline.types import ChunkSpan, Plan

MAX_HELD = 10  # seconds

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
        make_folders(self.work, self.plan, self.span)
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
            seconds=try_seconds(self.plan, self.span),
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
    raising. Returns the chunk's report (see `rates`). `EncodeError` when the
    output is not exactly what was planned, whatever ffmpeg said; `DamagedSourceError`
    when that is the file's doing.
    """
    encode = _Encode(binary, source, plan, span, work, threads, niceness, watch)
    try:
        return _encode_exactly(encode)
    except (EncodeError, OSError) as error:
        raise_if_full(work, error)
        raise_if_damaged(plan, span, error, encode.complaints)
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
        raise_if_full(encode.work, error)
        return _encode_carefully(encode)
    if not (encode.complaints or seeking.is_odd(encode.plan.source)):
        return report, command.NEAREST
    start = encode.find_start()
    return (report if start == command.NEAREST else encode.run(start)), start


def _encode_carefully(encode: _Encode) -> tuple[Report, Back]:
    start = encode.find_start()
    return encode.run(start), start


def make_folders(work: Path, plan: Plan, span: ChunkSpan) -> None:
    """Without what an earlier try left of this chunk."""
    for folder in plan.folders:
        (work / folder).mkdir(parents=True, exist_ok=True)
        for number in range(span.first_segment, span.end_segment):
            (work / folder / segment_name(number)).unlink(missing_ok=True)


def _progress(plan: Plan, span: ChunkSpan) -> Progress:
    divisor = plan.rungs[0].rate_divisor
    return Progress(divisor / plan.rate, (span.end_frame - span.first_frame) // divisor)
