"""The multivariant playlist, as a pure function of a plan and what is measured of its chunks.

Rules: RFC 8216 and Apple's HLS Authoring Specification.
"""

from collections.abc import Callable, Sequence

from video_app.pipeline import rates, text_tracks
from video_app.pipeline.languages import names, tag
from video_app.pipeline.playlist import START
from video_app.pipeline.rates import Report
from video_app.pipeline.text_tracks import TextTrack
from video_app.pipeline.types import Plan, Rung


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
        found = rates.measured(plan, rung, reports) if complete else rates.bounds(plan, rung)
        inf = f"#EXT-X-STREAM-INF:{_attributes(plan, rung, found)}{groups}"
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


def by_preference(plan: Plan, names: Sequence[str]) -> list[str]:
    """The rung to start with first: the best one that is not larger than 720p."""
    modest = [name for name in names if plan.rung(name).max_rate <= 5_000_000] or names[:1]
    return [*modest[-1:], *(name for name in names if name not in modest[-1:])]


def _attributes(plan: Plan, rung: Rung, bit_rates: tuple[int, int]) -> str:
    peak, average = bit_rates
    codecs = avc_codec(rung.level) + (",mp4a.40.2" if plan.has_audio else "")
    return (
        f"BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},"
        f'CODECS="{codecs}",RESOLUTION={rung.width}x{rung.height},'
        f"FRAME-RATE={float(plan.rate / rung.rate_divisor):.3f}"
    )


def avc_codec(level: str) -> str:
    """RFC 6381: High profile, no constraint flags, and the level."""
    return f"avc1.6400{round(float(level) * 10):02x}"


def _iframe_line(
    plan: Plan, rung: Rung, reports: Sequence[Report], uri: Callable[[str], str]
) -> str:
    peak, average = rates.iframes(plan, rung, reports)
    return (
        f"#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},"
        f'CODECS="{avc_codec(rung.level)}",RESOLUTION={rung.width}x{rung.height},'
        f'URI="{uri(f"{rung.name}/iframes.m3u8")}"'
    )
