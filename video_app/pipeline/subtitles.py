"""Embedded text subtitles as WebVTT renditions: one whole text cut into minutes."""

import re
from fractions import Fraction

from video_app.pipeline.command import TIMESTAMP_ORIGIN

SEGMENT_SECONDS = 60
# Where the text's clock stands on the pictures' 90 kHz clock (RFC 8216, 3.5).
HEADER = f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{TIMESTAMP_ORIGIN * 90_000},LOCAL:00:00:00.000\n"
TIMING = re.compile(r"^((?:\d+:)?\d\d:\d\d\.\d{3}) --> ((?:\d+:)?\d\d:\d\d\.\d{3})", re.MULTILINE)


def segment_count(duration: Fraction) -> int:
    return max(1, -(-duration // SEGMENT_SECONDS))


def cut(text: str, duration: Fraction) -> list[str]:
    """The segments of a whole WebVTT text; a cue stands in each minute that it touches."""
    segments: list[list[str]] = [[] for _ in range(segment_count(duration))]
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        timing = TIMING.search(block)
        if timing is None:
            continue
        start, end = _seconds(timing[1]), _seconds(timing[2])
        first = int(start // SEGMENT_SECONDS)
        last = int(max(start, end - Fraction(1, 1000)) // SEGMENT_SECONDS)
        for number in range(first, min(last, len(segments) - 1) + 1):
            segments[number].append(block.strip())
    return ["\n\n".join([HEADER, *cues]).rstrip() + "\n" for cues in segments]


def _seconds(stamp: str) -> Fraction:
    seconds = Fraction(0)
    for part in stamp.split(":"):
        seconds = 60 * seconds + Fraction(part)
    return seconds
