"""Where a chunk lies on the source's clock and on that of the segments."""

import math
from fractions import Fraction

from video_app.pipeline.command.opening import decimal
from video_app.pipeline.types import AAC_FRAME, SAMPLE_RATE, ChunkSpan, Plan

# The first picture of every build stands at ten seconds, in every rendition:
# without it the origin depends on each encoder's B-frame delay.
TIMESTAMP_ORIGIN = 10
# Decoders and the resampler settle in before a chunk's first frame.
LEAD_IN = Fraction(1, 2)
# Seconds further back than the lead-in, where a chunk's decoder begins; none: the film's start.
Back = Fraction | None
NEAREST = Fraction(0)


def audio_frame(time: Fraction) -> int:
    """The first AAC frame that starts at or after `time` seconds."""
    return math.ceil(time * SAMPLE_RATE / AAC_FRAME)


def audio_frames(plan: Plan, span: ChunkSpan) -> tuple[int, int]:
    """The AAC frames `[first, end)` that a chunk owns."""
    return (
        audio_frame(plan.time(span.first_frame)),
        audio_frame(plan.time(span.end_frame)),
    )


def seek(plan: Plan, span: ChunkSpan, back: Back) -> list[str]:
    """Input options that begin to decode `back` seconds before the chunk's lead-in."""
    # The container's own clock, counted from frame 0: the grid is absolute, and versions
    # of ffmpeg differ in what they call the start of a file.
    zero = plan.source.start + plan.origin
    clock = ["-copyts", "-itsoffset", decimal(-zero), "-seek_timestamp", "1"]
    start = seek_point(plan, span, back)
    if start is None:
        return clock
    # From the key frame on: a frame shown before the seek point may last into the chunk.
    return [*clock, "-noaccurate_seek", "-ss", decimal(start + zero)]


def seek_point(plan: Plan, span: ChunkSpan, back: Back) -> Fraction | None:
    """Where to seek to, in seconds of the film; nowhere when the film's start is nearer."""
    if back is None:
        return None
    start = plan.time(span.first_frame) - LEAD_IN - back
    return start if start > 0 else None
