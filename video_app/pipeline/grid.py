"""The frame grid of a build: one constant rate, and every cut as a frame number.

All renditions and all chunks share the grid, so their boundaries are the same
instants by construction and every duration is an exact fraction.
"""

import math
from fractions import Fraction

from video_app.pipeline.streams import VideoStream

NTSC = Fraction(1000, 1001)
STANDARD_RATES = tuple(
    sorted(
        [Fraction(n) for n in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60)]
        + [Fraction(25, 2), 15 * NTSC, 24 * NTSC, 30 * NTSC, 60 * NTSC]
    )
)
MAX_RATE = 60  # Apple HLS Authoring Specification 1.15
MAX_CUT = Fraction(1, 20)
GOP_SECONDS = 2  # ibid. 1.13
GOPS_PER_SEGMENT = 3  # 6 s, ibid. 7.5
# The first segments are shorter, so that the first picture needs less encoding.
FIRST_SEGMENTS_GOPS = (1, 2)
# Segments per chunk: the first ones small, for the first picture and for several
# workers on a short film; later ones long, because each chunk decodes a lead-in.
FIRST_CHUNKS = (1, 1, 1, 1, 1, 2, 3, 4)
CHUNK_SEGMENTS = 5


def choose_rate(video: VideoStream) -> Fraction:
    """The constant rate that a stream of (perhaps variable) rate is put on."""
    average = video.average_rate or video.base_rate or Fraction(25)
    base = video.base_rate
    if video.is_interlaced:  # one picture per field
        return _standard(min(2 * average, Fraction(MAX_RATE)))
    if (snapped := _snap(base)) and base <= average * Fraction(5, 2):
        return _limit(snapped)
    return _limit(_snap(average) or _standard(average))


def _limit(rate: Fraction) -> Fraction:
    while rate > MAX_RATE:
        half = _snap(rate / 2)
        if half is None:
            return Fraction(MAX_RATE)
        rate = half
    return rate


def _snap(rate: Fraction) -> Fraction | None:
    """The standard rate within 0.05 %, else the rate itself above the table, else none."""
    for standard in STANDARD_RATES:
        if abs(rate - standard) <= standard / 2000:
            return standard
    return rate if rate > MAX_RATE else None


def _standard(rate: Fraction) -> Fraction:
    """The lowest standard rate that loses no picture."""
    higher = (standard for standard in STANDARD_RATES if standard >= rate * Fraction(999, 1000))
    return next(higher, rate)


def origin(start: Fraction, rate: Fraction) -> Fraction:
    """The source's time of frame 0, so that the first picture, shown at `start`, is on the grid.

    Pictures halfway between two frames would be doubled and lost by a hair's breadth of
    rounding. At most `MAX_CUT` seconds of sound before the picture are cut for it.
    """
    phase = start % (1 / rate)
    return phase if phase <= min(MAX_CUT, 1 / (2 * rate)) else phase - 1 / rate


def rate_divisor(rate: Fraction, limit: int) -> int:
    """1, 2 or 4: the share of the grid's frames that brings `rate` to `limit` or below."""
    divisor = 1
    while rate / divisor > limit * Fraction(1001, 1000) and divisor < 4:
        divisor *= 2
    return divisor


def gop_frames(rate: Fraction, divisor: int) -> int:
    """Frames in about two seconds, a multiple of the slowest rendition's divisor."""
    return divisor * max(1, round(GOP_SECONDS * rate / divisor))


def frame_count(duration: Fraction, rate: Fraction, divisor: int) -> int:
    """Frames in `duration` seconds, to the nearest frame of the slowest rendition."""
    return divisor * max(1, round(duration * rate / divisor))


def segment_cuts(frames: int, gop: int) -> tuple[int, ...]:
    """Frame numbers of the segments' boundaries, from 0 to `frames`."""
    cuts = [0]
    for gops in FIRST_SEGMENTS_GOPS:
        cuts.append(cuts[-1] + gops * gop)
    step = GOPS_PER_SEGMENT * gop
    whole = max(0, math.ceil((frames - cuts[-1]) / step))
    cuts += [cuts[-1] + step * n for n in range(1, whole + 1)]
    return (*(cut for cut in cuts if cut < frames), frames)


def chunk_cuts(segments: int) -> tuple[int, ...]:
    """Segment numbers of the chunks' boundaries."""
    cuts = [0]
    sizes = list(FIRST_CHUNKS)
    while cuts[-1] < segments:
        size = sizes.pop(0) if sizes else CHUNK_SEGMENTS
        cuts.append(min(segments, cuts[-1] + size))
    return tuple(cuts)
