"""Bit rates that playlists name: bounds while a build grows, measured when it is whole.

A *report* is the JSON of one finished chunk:
`{rung: [{"size": bytes, "iframes": [[offset, length], …]}, …one per segment]}`.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from video_app.pipeline.command import TRACK_RATE
from video_app.pipeline.types import Plan, Rung

Report = dict[str, list[dict[str, Any]]]

TARGET_DURATION = 6
# Transport stream packets and PES headers, as a share; measured 3 to 15 %.
TS_OVERHEAD = Fraction(115, 100)


def bounds(plan: Plan, rung: Rung) -> tuple[int, int]:
    """What peak and average of a rendition cannot exceed, in bits per second."""
    total = rung.max_rate + (rung.audio_rate if plan.has_audio else 0)
    bound = math.ceil((total + TRACK_RATE * bool(plan.tracks)) * TS_OVERHEAD)
    return bound, bound


def measured(plan: Plan, rung: Rung, reports: Sequence[Report]) -> tuple[int, int]:
    """Peak and average of a rendition with the largest sound that can be chosen beside it,
    in bits per second."""
    peak, average = _rates(plan, rung.name, reports)
    tracks = [_rates(plan, folder, reports) for folder in plan.track_folders]
    return (
        peak + max((track[0] for track in tracks), default=0),
        average + max((track[1] for track in tracks), default=0),
    )


def _rates(plan: Plan, folder: str, reports: Sequence[Report]) -> tuple[int, int]:
    sizes = [segment["size"] for segment in segments(folder, reports)]
    durations = [plan.segment_duration(number) for number in range(len(sizes))]
    return peak_rate(sizes, durations), math.ceil(8 * sum(sizes) / sum(durations))


def peak_rate(sizes: Sequence[int], durations: Sequence[Fraction]) -> int:
    """The largest bit rate over a run of segments of 0.5 to 1.5 target durations.

    Bits per second; `sizes` in bytes, `durations` in seconds (RFC 8216bis, BANDWIDTH).
    """
    peak = Fraction(0)
    for first in range(len(sizes)):
        size, duration = 0, Fraction(0)
        for number in range(first, len(sizes)):
            size, duration = size + sizes[number], duration + durations[number]
            if duration > Fraction(3, 2) * TARGET_DURATION:
                break
            if duration >= Fraction(1, 2) * TARGET_DURATION:
                peak = max(peak, 8 * size / duration)
    return math.ceil(peak or 8 * sum(sizes) / sum(durations))


def iframes(plan: Plan, rung: Rung, reports: Sequence[Report]) -> tuple[int, int]:
    """Peak and average of a rendition's I-frames alone, in bits per second."""
    sizes = [
        length for segment in segments(rung.name, reports) for _offset, length in segment["iframes"]
    ]
    durations = [
        duration for number in range(plan.segments) for duration in gop_durations(plan, number)
    ]
    peak = max(
        math.ceil(8 * size / max(duration, Fraction(1, 10)))
        for size, duration in zip(sizes, durations, strict=True)
    )
    return peak, math.ceil(8 * sum(sizes) / sum(durations))


def segments(folder: str, reports: Sequence[Report]) -> Iterator[dict[str, Any]]:
    """What was measured of each segment, in their order."""
    for report in reports:
        yield from report[folder]


def gop_durations(plan: Plan, number: int) -> list[Fraction]:
    """Seconds of each GOP of a segment."""
    start, end = plan.cuts[number], plan.cuts[number + 1]
    return [
        (min(end, first + plan.gop) - first) / plan.rate for first in range(start, end, plan.gop)
    ]
