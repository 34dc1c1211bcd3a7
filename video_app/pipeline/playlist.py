"""Playlists as pure functions of a plan and what is measured of its finished chunks.

Nothing reads a playlist that ffmpeg wrote. Rules: RFC 8216 and Apple's HLS
Authoring Specification. A *report* is the JSON of one finished chunk:
`{rung: [{"size": bytes, "iframes": [[offset, length], …]}, …one per segment]}`.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from video_app.pipeline import subtitles, text_tracks
from video_app.pipeline.command import TRACK_RATE
from video_app.pipeline.languages import names, tag
from video_app.pipeline.layout import segment_name, subtitle_name
from video_app.pipeline.text_tracks import TextTrack
from video_app.pipeline.types import Plan, Rung

Report = dict[str, list[dict[str, Any]]]

TARGET_DURATION = 6
# Transport stream packets and PES headers, as a share; measured 3 to 15 %.
TS_OVERHEAD = Fraction(115, 100)
# Shaka takes 0 for absent, and starts near the end.
START = "#EXT-X-START:TIME-OFFSET=0.01,PRECISE=YES"


def media_playlist(
    plan: Plan,
    ready_segments: int,
    *,
    complete: bool,
    abandoned: bool = False,
    uri: Callable[[str], str] = str,
) -> str:
    """The playlist of any one rendition, listing the first `ready_segments` segments.

    One that grew keeps its type when it ends, with the last segment or where its build
    was `abandoned`. `uri` makes a segment's URI of its name.
    """
    ended = complete or abandoned or ready_segments == plan.segments
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
    for number, segment in enumerate(_segments(rung, reports)):
        durations = _gop_durations(plan, number)
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


def master_playlist(
    plan: Plan,
    reports: Sequence[Report],
    *,
    complete: bool,
    rungs: Sequence[str] | None = None,
    texts: Sequence[TextTrack] = (),
    uri: Callable[[str], str] = str,
) -> str:
    """The multivariant playlist, naming these `rungs` in their order, or all of them by
    preference. `uri` makes a playlist's URI of its name.

    While a build grows, the bit rates are upper bounds; of a complete one they
    are measured.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if not complete:
        lines.append(START)
    lines += [*_audio_lines(plan, uri), *text_tracks.lines(texts, uri)]
    groups = (',AUDIO="sound"' if plan.tracks else "") + (',SUBTITLES="text"' if texts else "")
    if rungs is None:
        rungs = by_preference(plan, [rung.name for rung in plan.rungs])
    for rung in map(plan.rung, rungs):
        rates = _measured(plan, rung, reports) if complete else _bounds(plan, rung)
        inf = f"#EXT-X-STREAM-INF:{_attributes(plan, rung, rates)}{groups}"
        lines += [inf, uri(f"{rung.name}/index.m3u8")]
    if complete:
        lines += [_iframe_line(plan, rung, reports, uri) for rung in plan.rungs]
    return "\n".join(lines) + "\n"


def _audio_lines(plan: Plan, uri: Callable[[str], str]) -> list[str]:
    """The sound tracks to choose from; the first one lies in the renditions too."""
    if not plan.tracks:
        return []
    audios = [plan.source.audios[0], *plan.tracks]
    folders = [plan.track_folders[-1] if plan.has_first_track else None, *plan.track_folders]
    titles = names([(audio.language, audio.title) for audio in audios])
    lines: list[str] = []
    for audio, folder, title in zip(audios, folders, titles, strict=False):
        default = "NO" if lines else "YES"
        described = ',CHARACTERISTICS="public.accessibility.describes-video"'
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="{title}",'
            f'LANGUAGE="{tag(audio.language)}",DEFAULT={default},AUTOSELECT=YES,CHANNELS="2"'
            + (described if audio.is_sdh else "")
            + (f',URI="{uri(f"{folder}/index.m3u8")}"' if folder else "")
        )
    return lines


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


def _segments(rung: str, reports: Sequence[Report]) -> Iterator[dict[str, Any]]:
    for report in reports:
        yield from report[rung]


def _gop_durations(plan: Plan, number: int) -> list[Fraction]:
    start, end = plan.cuts[number], plan.cuts[number + 1]
    return [
        (min(end, first + plan.gop) - first) / plan.rate for first in range(start, end, plan.gop)
    ]


def by_preference(plan: Plan, names: Sequence[str]) -> list[str]:
    """The rung to start with first: the best one that is not larger than 720p."""
    modest = [name for name in names if plan.rung(name).max_rate <= 5_000_000] or names[:1]
    return [*modest[-1:], *(name for name in names if name not in modest[-1:])]


def _attributes(plan: Plan, rung: Rung, rates: tuple[int, int]) -> str:
    codecs = avc_codec(rung.level) + (",mp4a.40.2" if plan.has_audio else "")
    return (
        f"BANDWIDTH={rates[0]},AVERAGE-BANDWIDTH={rates[1]},"
        f'CODECS="{codecs}",RESOLUTION={rung.width}x{rung.height},'
        f"FRAME-RATE={float(plan.rate / rung.rate_divisor):.3f}"
    )


def avc_codec(level: str) -> str:
    """RFC 6381: High profile, no constraint flags, and the level."""
    return f"avc1.6400{round(float(level) * 10):02x}"


def _bounds(plan: Plan, rung: Rung) -> tuple[int, int]:
    total = rung.max_rate + (rung.audio_rate if plan.has_audio else 0)
    bound = math.ceil((total + TRACK_RATE * bool(plan.tracks)) * TS_OVERHEAD)
    return bound, bound


def _measured(plan: Plan, rung: Rung, reports: Sequence[Report]) -> tuple[int, int]:
    """Peak and average of a rendition with the largest sound that can be chosen beside it."""
    peak, average = _rates(plan, rung.name, reports)
    tracks = [_rates(plan, folder, reports) for folder in plan.track_folders]
    return (
        peak + max((track[0] for track in tracks), default=0),
        average + max((track[1] for track in tracks), default=0),
    )


def _rates(plan: Plan, folder: str, reports: Sequence[Report]) -> tuple[int, int]:
    sizes = [segment["size"] for segment in _segments(folder, reports)]
    durations = [plan.segment_duration(number) for number in range(len(sizes))]
    return peak_rate(sizes, durations), math.ceil(8 * sum(sizes) / sum(durations))


def peak_rate(sizes: Sequence[int], durations: Sequence[Fraction]) -> int:
    """The largest bit rate over a run of segments of 0.5 to 1.5 target durations.

    Bits per second; `sizes` in bytes, `durations` in seconds (RFC 8216bis, BANDWIDTH).
    """
    peak = Fraction(0)
    for first in range(len(sizes)):
        size, duration = 0, Fraction(0)
        for number in range(first, len(sizes)):
            size, duration = size + sizes[number], duration + durations[number]
            if duration > Fraction(3, 2) * TARGET_DURATION:
                break
            if duration >= Fraction(1, 2) * TARGET_DURATION:
                peak = max(peak, 8 * size / duration)
    return math.ceil(peak or 8 * sum(sizes) / sum(durations))


def _iframe_line(
    plan: Plan, rung: Rung, reports: Sequence[Report], uri: Callable[[str], str]
) -> str:
    sizes = [
        length
        for segment in _segments(rung.name, reports)
        for _offset, length in segment["iframes"]
    ]
    durations = [
        duration for number in range(plan.segments) for duration in _gop_durations(plan, number)
    ]
    peak = max(
        math.ceil(8 * size / max(d, Fraction(1, 10)))
        for size, d in zip(sizes, durations, strict=True)
    )
    average = math.ceil(8 * sum(sizes) / sum(durations))
    return (
        f"#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},"
        f'CODECS="{avc_codec(rung.level)}",RESOLUTION={rung.width}x{rung.height},'
        f'URI="{uri(f"{rung.name}/iframes.m3u8")}"'
    )
