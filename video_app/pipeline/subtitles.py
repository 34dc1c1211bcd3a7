"""Embedded text subtitles as WebVTT renditions: one whole text cut into minutes.

The text is a stranger's. What would break a player is left out, and however many cues
last for the whole film, the segments together are at most about twice as large as the text.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from video_app.pipeline.command import TIMESTAMP_ORIGIN
from video_app.pipeline.texts import stamp

SEGMENT_SECONDS = 60
SEGMENT = 1000 * SEGMENT_SECONDS  # milliseconds
# Where the text's clock stands on the pictures' 90 kHz clock (RFC 8216, 3.5).
HEADER = f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{TIMESTAMP_ORIGIN * 90_000},LOCAL:00:00:00.000\n"
STAMP = r"((?:\d{1,6}:)?\d\d:\d\d\.\d{3})"
TIMING = re.compile(rf"^{STAMP} --> {STAMP}(.*)$", re.MULTILINE)
ARROW = "-->"  # WebVTT 4.1: never in a cue's text
# A cue that ends before it begins has a length of 2**32 milliseconds or a little less.
LONGEST = 2**31
# Characters in one segment, and in all repetitions of cues beyond the length of the text.
MAX_SEGMENT = SPARE = 2**20


@dataclass(frozen=True, slots=True)
class _Cue:
    first: int  # segment
    last: int
    text: str

    @property
    def size(self) -> int:
        return len(self.text) + 2  # an empty line before it


def segment_count(duration: Fraction) -> int:
    return max(1, -(-duration // SEGMENT_SECONDS))


def cut(
    text: str,
    duration: Fraction,
    shift: Fraction = Fraction(0),
    *,
    on_loss: Callable[[int], object] = bool,
) -> Iterator[str]:
    """The segments of a whole WebVTT text; a cue stands in each minute that it touches.

    Cues are shown `shift` seconds later than the text says. `on_loss` is called with the
    number of cues for which a segment has no room.
    """
    begun = defaultdict(list)
    for cue in _cues(text, segment_count(duration), round(1000 * shift)):
        begun[cue.first].append(cue)
    left = len(text) + SPARE
    running: list[_Cue] = []
    for number in range(segment_count(duration)):
        beginning = begun.pop(number, [])
        going_on = [cue for cue in running if cue.last >= number]
        new = _within(beginning, MAX_SEGMENT)
        repeated = _within(going_on, min(left, MAX_SEGMENT))
        if lost := len(beginning) + len(going_on) - len(new) - len(repeated):
            on_loss(lost)
        left -= sum(cue.size for cue in repeated)
        running = repeated + new
        yield "\n\n".join([HEADER.rstrip(), *(cue.text for cue in running)]) + "\n"


def _within(cues: list[_Cue], room: int) -> list[_Cue]:
    """The first cues that have room."""
    ends = list(accumulate(cue.size for cue in cues))
    return cues[: bisect_right(ends, room)]


def _cues(text: str, segments: int, shift: int) -> Iterator[_Cue]:
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        timing = TIMING.search(block)
        if timing is None:
            continue
        start, end = _milliseconds(timing[1]) + shift, _milliseconds(timing[2]) + shift
        first = max(0, start) // SEGMENT
        if end <= 0 or first >= segments or not start < end <= start + LONGEST:
            continue
        shown = block[timing.end() :].replace(ARROW, "→").strip()
        last = min((end - 1) // SEGMENT, segments - 1)
        shifted = f"{stamp(max(0, start))} --> {stamp(end)}{timing[3]}" if shift else timing[0]
        yield _Cue(first, last, f"{shifted.rstrip()}\n{shown}")


def _milliseconds(stamp: str) -> int:
    clock, _, milliseconds = stamp.partition(".")
    seconds = 0
    for digits in clock.split(":"):
        seconds = 60 * seconds + int(digits)
    return 1000 * seconds + int(milliseconds)
