"""The pictures above the scrub bar: sheets of small frames, and the text that names them."""

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from video_app.pipeline.layout import sheet_name
from video_app.pipeline.types import Plan

MAX_PICTURES = 200
COLUMNS = ROWS = 10
WIDTH = 160


def picture_size(plan: Plan) -> tuple[int, int]:
    """Pixels of one small picture; even, and within a square."""
    top = plan.rungs[-1]
    scale = Fraction(WIDTH, max(top.width, top.height))
    return tuple(max(2, 2 * round(side * scale / 2)) for side in (top.width, top.height))  # type: ignore[return-value]


def every_nth_gop(plan: Plan) -> int:
    """Which key pictures are taken: the first of every n groups."""
    return math.ceil(_gops(plan) / MAX_PICTURES)


def pictures(plan: Plan) -> int:
    return math.ceil(_gops(plan) / every_nth_gop(plan))


def sheets(plan: Plan) -> int:
    return math.ceil(pictures(plan) / (COLUMNS * ROWS))


def _gops(plan: Plan) -> int:
    return math.ceil(plan.frames / plan.gop)


def text(plan: Plan, *, uri: Callable[[str], str] = str) -> str:
    """The WebVTT with one cue per picture: `storyboard/NNN.jpg#xywh=x,y,w,h`.

    `uri` makes a sheet's URI of its name.
    """
    addresses = [uri(sheet_name(number)) for number in range(sheets(plan))]
    return "\n\n".join(["WEBVTT", *_cues(plan, addresses)]) + "\n"


def _cues(plan: Plan, addresses: Sequence[str]) -> Iterator[str]:
    width, height = picture_size(plan)
    seconds = every_nth_gop(plan) * plan.gop / plan.rate
    for number in range(pictures(plan)):
        sheet, place = divmod(number, COLUMNS * ROWS)
        row, column = divmod(place, COLUMNS)
        end = min((number + 1) * seconds, plan.duration)
        yield (
            f"{_stamp(number * seconds)} --> {_stamp(end)}\n"
            f"{addresses[sheet]}#xywh={column * width},{row * height},{width},{height}"
        )


def _stamp(time: Fraction) -> str:
    milliseconds = round(time * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
