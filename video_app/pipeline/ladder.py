"""The ladder: which renditions a source gets, and what each may cost.

Sizes are boxes that a rendition fits into: no upscaling, aspect kept, both axes
bounded, the short side of a portrait film standing for its height. A source
between two boxes is kept at its own size under the larger one's name.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from video_app.pipeline.grid import rate_divisor
from video_app.pipeline.streams import VideoStream
from video_app.pipeline.types import Rung


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    box: tuple[int, int]  # landscape
    crf: float
    max_rate: int  # bits per second at 30 frames per second
    preset: str
    audio_rate: int
    rate_limit: int  # frames per second


# Presets and CRF from `./videoflix bench transcode`; see docs/adr/0004.
STEPS = (
    Step("120p", (214, 120), 23, 85_000, "veryfast", 64_000, 15),
    Step("360p", (640, 360), 22.5, 750_000, "veryfast", 128_000, 30),
    Step("480p", (854, 480), 22.5, 1_400_000, "veryfast", 128_000, 60),
    Step("720p", (1280, 720), 22.5, 3_200_000, "veryfast", 128_000, 60),
    Step("1080p", (1920, 1080), 22.5, 6_000_000, "veryfast", 128_000, 60),
)
NAMES = tuple(step.name for step in STEPS)
# An own-size rung less than a tenth larger than the one below adds nothing.
WORTHWHILE = Fraction(11, 10)


def display_size(video: VideoStream) -> tuple[Fraction, Fraction]:
    """Width and height as shown: square pixels, rotation applied."""
    width, height = video.width * video.sample_aspect, Fraction(video.height)
    return (height, width) if video.rotation in (90, 270) else (width, height)


def choose_rungs(video: VideoStream, rate: Fraction) -> tuple[Rung, ...]:
    """The rungs for a source, lowest first; at least one."""
    width, height = display_size(video)
    rungs: list[Rung] = []
    covered = Fraction(0)
    for step in STEPS:
        scale = min(Fraction(1), _fit(step, width, height))
        if rungs and scale < covered * WORTHWHILE:
            break
        rungs.append(_rung(step, width * scale, height * scale, rate))
        covered = scale
        if scale == 1:
            break
    return tuple(rungs)


def nearest(name: str, available: tuple[str, ...]) -> str:
    """The available rung whose height is closest to a known name's; the lower one on a tie."""
    return min(available, key=lambda rung: (abs(_height(rung) - _height(name)), _height(rung)))


def _height(name: str) -> int:
    return int(name.removesuffix("p"))


def _fit(step: Step, width: Fraction, height: Fraction) -> Fraction:
    long, short = max(width, height), min(width, height)
    return min(step.box[0] / long, step.box[1] / short)


def _rung(step: Step, width: Fraction, height: Fraction, rate: Fraction) -> Rung:
    divisor = rate_divisor(rate, step.rate_limit)
    even_width, even_height = _even(width), _even(height)
    max_rate = step.max_rate * 3 // 2 if rate / divisor > 31 else step.max_rate
    return Rung(
        name=step.name,
        width=even_width,
        height=even_height,
        crf=step.crf,
        max_rate=max_rate,
        buffer_size=max_rate * 3 // 2,
        preset=step.preset,
        audio_rate=step.audio_rate,
        rate_divisor=divisor,
        level=level(even_width, even_height, rate / divisor, max_rate),
    )


def _even(length: Fraction) -> int:
    """The nearest even number, at least 2; an odd whole length loses its last line."""
    return max(2, 2 * math.ceil(length / 2 - Fraction(1, 2)))


# ISO/IEC 14496-10 table A-1: macroblocks per second, per frame; bit/s for High.
_LEVELS = (
    ("1.1", 3_000, 396, 240_000),
    ("1.2", 6_000, 396, 480_000),
    ("1.3", 11_880, 396, 960_000),
    ("2.0", 11_880, 396, 2_500_000),
    ("2.1", 19_800, 792, 5_000_000),
    ("3.0", 40_500, 1_620, 12_500_000),
    ("3.1", 108_000, 3_600, 17_500_000),
    ("3.2", 216_000, 5_120, 25_000_000),
    ("4.0", 245_760, 8_192, 25_000_000),
    ("4.2", 522_240, 8_704, 62_500_000),
)


def level(width: int, height: int, rate: Fraction, max_rate: int) -> str:
    """The lowest H.264 level that holds a stream."""
    macroblocks = -(-width // 16) * -(-height // 16)
    for name, per_second, per_frame, bits in _LEVELS:
        if macroblocks <= per_frame and macroblocks * rate <= per_second and max_rate <= bits:
            return name
    return "5.1"
