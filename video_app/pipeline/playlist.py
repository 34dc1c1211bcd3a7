"""Playlists of renditions and tracks, as pure functions of a plan and what is measured of its
finished chunks; `master` has the one that names them all.

Nothing reads a playlist that ffmpeg wrote. Rules: RFC 8216 and Apple's HLS
Authoring Specification.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from video_app.pipeline import rates, subtitles
from video_app.pipeline.layout import segment_name, subtitle_name
from video_app.pipeline.rates import TARGET_DURATION, Report
from video_app.pipeline.types import Plan

# Shaka takes 0 for absent, and starts near the end.
START = "#EXT-X-START:TIME-OFFSET=0.01,PRECISE=YES"


def media_playlist(
    plan: Plan,
    ready_segments: int,
    *,
    complete: bool,
    abandoned: bool = False,
    stands_in: bool = False,
    uri: Callable[[str], str] = str,
) -> str:
    """The playlist of any one rendition, listing the first `ready_segments` segments.

    One that grew keeps its type when it ends, with the last segment or where its build
    was `abandoned`; not while it `stands_in` for another, whose own segments follow. `uri`
    makes a segment's URI of its name.
    """
    ended = complete or abandoned or (ready_segments == plan.segments and not stands_in)
    lines = _head(6, complete=complete)
    for number in range(ready_segments):
        lines.append(f"#EXTINF:{_seconds(plan.segment_duration(number))},")
        lines.append(uri(segment_name(number)))
    return _text(lines, ended=ended)


def iframe_playlist(
    plan: Plan, rung: str, reports: Sequence[Report], *, uri: Callable[[str], str] = str
) -> str:
    """The trick-play playlist of a finished rendition: one byte range per GOP."""
    lines = [*_head(4, complete=True), "#EXT-X-I-FRAMES-ONLY"]
    for number, segment in enumerate(rates.segments(rung, reports)):
        durations = rates.gop_durations(plan, number)
        address = uri(segment_name(number))
        for (offset, length), duration in zip(segment["iframes"], durations, strict=True):
            lines += [
                f"#EXTINF:{_seconds(duration)},",
                f"#EXT-X-BYTERANGE:{length}@{offset}",
                address,
            ]
    return _text(lines, ended=True)


def subtitle_playlist(plan: Plan, *, uri: Callable[[str], str] = str) -> str:
    """The playlist of any one subtitle track of a finished build."""
    count = subtitles.segment_count(plan.duration)
    lines = _head(6, complete=True, target=subtitles.SEGMENT_SECONDS)
    for number in range(count):
        left = plan.duration - number * subtitles.SEGMENT_SECONDS
        lines.append(f"#EXTINF:{_seconds(min(left, Fraction(subtitles.SEGMENT_SECONDS)))},")
        lines.append(uri(subtitle_name(number)))
    return _text(lines, ended=True)


def _head(version: int, *, complete: bool, target: int = TARGET_DURATION) -> list[str]:
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{version}",
        f"#EXT-X-TARGETDURATION:{target}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if complete else 'EVENT'}",
    ]
    # Without it players join a growing playlist near its end.
    return lines if complete else [*lines, START]


def _text(lines: list[str], *, ended: bool) -> str:
    return "\n".join([*lines, "#EXT-X-ENDLIST"] if ended else lines) + "\n"


def _seconds(duration: Fraction) -> str:
    return f"{float(duration):.6f}"
