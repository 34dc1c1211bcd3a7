"""From what a source is to everything that is known before encoding starts."""

from dataclasses import dataclass
from fractions import Fraction

from video_app.pipeline import grid
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.ladder import choose_rungs, display_size
from video_app.pipeline.refusals import too_large
from video_app.pipeline.sentences import sentence
from video_app.pipeline.streams import Source
from video_app.pipeline.types import Plan

MIN_SIDE = 16  # one macroblock
MAX_ASPECT = 20  # the smallest rendition is ten lines high then
NO_DURATION = sentence("The film has no duration: nothing in it can be played.")
TOO_LONG = sentence("The film is longer than %(hours)s hours.")
TOO_SMALL = sentence("The picture is too small to be encoded.")
TOO_THIN = sentence("The picture has a shape that no screen can show.")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may be; seconds, pixels of one picture."""

    duration: int
    pixels: int


def make_plan(source: Source, limits: Limits) -> Plan:
    """The plan for a source; `PipelineError` with a reason for people when it is refused."""
    _refuse(source, limits)
    rate = grid.choose_rate(source.video)
    rungs = choose_rungs(source.video, rate)
    divisor = max(rung.rate_divisor for rung in rungs)
    gop = grid.gop_frames(rate, divisor)
    origin = grid.origin(source.video.start, rate)
    cuts = grid.segment_cuts(grid.frame_count(source.duration - origin, rate, divisor), gop)
    return Plan(
        rate=rate,
        gop=gop,
        cuts=cuts,
        chunk_cuts=grid.chunk_cuts(len(cuts) - 1),
        rungs=rungs,
        source=source,
        origin=origin,
        has_first_track=True,
    )


def _refuse(source: Source, limits: Limits) -> None:
    if source.duration <= 0:
        raise PipelineError(NO_DURATION)
    if source.duration > limits.duration:
        hours = Fraction(limits.duration, 3600)
        raise PipelineError(TOO_LONG % {"hours": f"{float(hours):g}"})
    if source.video.width * source.video.height > limits.pixels:
        raise PipelineError(too_large(source.video.width, source.video.height))
    if min(source.video.width, source.video.height) < MIN_SIDE:
        raise PipelineError(TOO_SMALL)
    width, height = display_size(source.video)
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PipelineError(TOO_THIN)
