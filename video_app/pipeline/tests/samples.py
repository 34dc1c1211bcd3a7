"""Sources and plans made by hand, for tests that need no file."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from video_app.pipeline.plan import Limits, make_plan
from video_app.pipeline.streams import AudioStream, Source, VideoStream
from video_app.pipeline.types import Plan

LIMITS = Limits(duration=6 * 3600, pixels=8192 * 4320)
VIDEO = VideoStream(
    index=0,
    codec="h264",
    width=1920,
    height=1080,
    sample_aspect=Fraction(1),
    rotation=0,
    average_rate=Fraction(24),
    base_rate=Fraction(24),
    start=Fraction(0),
)


def a_video(**changes: Any) -> VideoStream:
    return replace(VIDEO, **changes)


def a_rate(rate: Fraction | int, **changes: Any) -> VideoStream:
    return a_video(average_rate=Fraction(rate), base_rate=Fraction(rate), **changes)


def an_audio(index: int = 1, **changes: Any) -> AudioStream:
    audio = AudioStream(index, "aac", 2, 48_000, Fraction(0), Fraction(10_000))
    return replace(audio, **changes)


def a_source(duration: Fraction | int = 30, **changes: Any) -> Source:
    source = Source("mov,mp4", 1_000_000, Fraction(duration), VIDEO, (an_audio(),))
    return replace(source, **changes)


def a_plan(duration: Fraction | int = 30, **changes: Any) -> Plan:
    return make_plan(a_source(duration, **changes), LIMITS)


def a_report(plan: Plan, index: int, size: int = 100_000) -> dict[str, Any]:
    """A finished chunk in which every segment has `size` bytes and 1 kB key pictures."""
    span = plan.chunk(index)
    segments = []
    for number in range(span.first_segment, span.end_segment):
        gops = -(-(plan.cuts[number + 1] - plan.cuts[number]) // plan.gop)
        segments.append({"size": size, "iframes": [[1000 * n, 1000] for n in range(gops)]})
    tracks = {folder: [{"size": size // 10} for _ in segments] for folder in plan.track_folders}
    return {rung.name: segments for rung in plan.rungs} | tracks


def reports(plan: Plan, size: int = 100_000) -> list[dict[str, Any]]:
    return [a_report(plan, index, size) for index in range(plan.chunks)]
