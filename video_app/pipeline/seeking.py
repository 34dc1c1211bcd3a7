"""Where a chunk's decoder can begin: proof that a seek shows what a continuous decode shows.

Containers lie about key pictures, ffmpeg seeks by whichever stream it takes for the main one,
and decoders show torn pictures without failing. Two decodes that began at different pictures
agree only when both are right.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

from video_app.pipeline import command, ffmpeg
from video_app.pipeline.command import Back
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.streams import Source
from video_app.pipeline.types import ChunkSpan, Plan

# Seconds; most films have a key picture every ten.
STEPS = (command.NEAREST, Fraction(10), Fraction(60))
# Decoders that know their key pictures, or say when they begin without one.
KNOWN_CODECS = {
    *("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "libvpx", "libvpx-vp9"),
    *("mpeg1video", "mpeg2video", "mpeg4", "h263", "flv", "theora"),
    *("msmpeg4v1", "msmpeg4v2", "msmpeg4", "msmpeg4v3", "wmv1", "wmv2"),
    # Each of their pictures is a key picture.
    *("mjpeg", "prores", "dnxhd", "dvvideo", "rawvideo", "v210", "cfhd", "jpeg2000", "png"),
    *("ffv1", "huffyuv", "ffvhuff", "utvideo", "magicyuv", "hap"),
}


@dataclass(frozen=True, slots=True)
class _Look:
    """Checksums of a chunk's first pictures, and the picture at which decoding began."""

    landed: int
    pictures: dict[int, str]


def is_odd(source: Source) -> bool:
    """Whether nothing is known about how the decoder begins in the middle."""
    return source.video.codec not in KNOWN_CODECS


def trusted_start(
    binary: str,
    path: str,
    plan: Plan,
    span: ChunkSpan,
    limits: ffmpeg.ProcessLimits,
    *,
    watch: Callable[[], None] | None = None,
) -> Back:
    """The nearest start from which the chunk's pictures are right; none: the film's start."""

    @cache
    def look(span: ChunkSpan, back: Back) -> _Look | None:
        argv = command.first_pictures(binary, path, plan, span, count=_count(plan, span), back=back)
        try:
            return _read(ffmpeg.run(argv, limits, watch=watch), span, _count(plan, span))
        except EncodeError:
            return None

    early = plan.chunk(1)
    # Some decoders never recover from a seek, and all of their pictures are wrong alike.
    if is_odd(plan.source) and not _agree(look(early, command.NEAREST), look(early, None)):
        return None
    for near, far in pairwise(STEPS):
        if _agree(look(span, near), look(span, far)):
            return near
    return None


def longest_gap(
    binary: str,
    path: str,
    plan: Plan,
    span: ChunkSpan,
    back: Back,
    limits: ffmpeg.ProcessLimits,
    *,
    watch: Callable[[], None] | None = None,
) -> Fraction:
    """Seconds of a chunk for which one picture is held at most."""
    argv = command.decoded_pictures(binary, path, plan, span, back)
    own = _numbers(ffmpeg.run(argv, limits, watch=watch))
    places = [span.first_frame, *sorted(own), span.end_frame]
    return max(plan.time(after - before) for before, after in pairwise(places))


def _count(plan: Plan, span: ChunkSpan) -> int:
    """How many pictures are compared: those of a second."""
    return min(math.ceil(plan.rate), span.end_frame - span.first_frame)


def _agree(near: _Look | None, far: _Look | None) -> bool:
    if near is None or far is None:
        return False
    return near.pictures == far.pictures and near.landed > far.landed


def _read(output: str, span: ChunkSpan, count: int) -> _Look | None:
    decoded = _numbers(output)
    pictures = {number: crc for number, crc in decoded.items() if number >= span.first_frame}
    return _Look(min(decoded), pictures) if len(pictures) == count else None


def _numbers(output: str) -> dict[int, str]:
    """Frame numbers and checksums in what ffmpeg's `framecrc` prints: stream, dts, pts,
    duration, size, checksum."""
    lines = [line.split(",") for line in output.splitlines() if line and line[0] != "#"]
    return {int(fields[2]): fields[5] for fields in lines}
