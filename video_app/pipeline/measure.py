"""Measuring a chunk's segments: exactly what was planned, or an error."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from video_app.pipeline import command
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.layout import segment_name
from video_app.pipeline.transport import CLOCK, BrokenSegmentError, Segment, read_segment
from video_app.pipeline.types import AAC_FRAME, SAMPLE_RATE, ChunkSpan, Plan, Rung


class UnplannedOutputError(EncodeError):
    """The encoder ended well, and what it wrote is something else than was planned."""


def measure(plan: Plan, span: ChunkSpan, work: Path) -> dict[str, list[dict[str, Any]]]:
    report = {}
    for rung in plan.rungs:
        segments = _read(span, work / rung.name)
        for number, segment in enumerate(segments, span.first_segment):
            _check_pictures(plan, rung, number, segment)
        if plan.has_audio:
            _check_sound(plan, span, rung.name, segments)
        report[rung.name] = [_described(s) | {"iframes": s.iframes} for s in segments]
    for name in plan.track_folders:
        segments = _read(span, work / name, has_pictures=False)
        _check_sound(plan, span, name, segments)
        _check_cuts(plan, span, name, segments)
        report[name] = [_described(s) for s in segments]
    return report


def _described(segment: Segment) -> dict[str, Any]:
    """Its bytes, by which the scrubber knows it again."""
    return {"size": segment.size, "crc32": segment.crc32}


def _read(span: ChunkSpan, folder: Path, *, has_pictures: bool = True) -> list[Segment]:
    numbers = range(span.first_segment, span.end_segment)
    return [_read_one(folder / segment_name(n), has_pictures=has_pictures) for n in numbers]


def _read_one(path: Path, *, has_pictures: bool) -> Segment:
    try:
        return read_segment(path.read_bytes(), has_pictures=has_pictures)
    except FileNotFoundError:
        raise UnplannedOutputError(f"{path.name} was not written") from None
    except BrokenSegmentError as error:
        raise UnplannedOutputError(f"{path.name} is damaged: {error}") from error


def _check_pictures(plan: Plan, rung: Rung, number: int, segment: Segment) -> None:
    first, end = plan.cuts[number], plan.cuts[number + 1]
    planned = (end - first) // rung.rate_divisor
    if segment.pictures != planned:
        raise UnplannedOutputError(
            f"{rung.name} segment {number}: {segment.pictures} pictures, not {planned}"
        )
    if not segment.starts_with_key:
        raise UnplannedOutputError(
            f"{rung.name} segment {number} does not start with a key picture"
        )
    expected = (command.TIMESTAMP_ORIGIN + plan.time(first)) * CLOCK
    _check_stamp(f"{rung.name} segment {number}", segment.first_pts, expected)


def _check_sound(plan: Plan, span: ChunkSpan, name: str, segments: list[Segment]) -> None:
    first, end = command.audio_frames(plan, span)
    found = sum(segment.sound_frames for segment in segments)
    if found != end - first:
        raise UnplannedOutputError(f"{name}: {found} sound frames, not {end - first}")
    stamps = [s.first_sound_pts for s in segments if s.first_sound_pts is not None]
    _check_stamp(f"{name} sound", min(stamps), _sound_stamp(first))


def _check_cuts(plan: Plan, span: ChunkSpan, name: str, segments: list[Segment]) -> None:
    for number, segment in enumerate(segments, span.first_segment):
        first = command.audio_frame(plan.time(plan.cuts[number]))
        _check_stamp(f"{name} segment {number}", segment.first_sound_pts, _sound_stamp(first))


def _sound_stamp(frame: int) -> Fraction:
    return (command.TIMESTAMP_ORIGIN + Fraction(frame * AAC_FRAME, SAMPLE_RATE)) * CLOCK


def _check_stamp(what: str, stamp: int | None, expected: Fraction) -> None:
    """Within a tick or two of rounding, modulo the 33 bits that a stamp has."""
    if stamp is None or abs((stamp - round(expected) + 2**32) % 2**33 - 2**32) > 2:
        raise UnplannedOutputError(f"{what} starts at {stamp}, not {round(expected)}")
