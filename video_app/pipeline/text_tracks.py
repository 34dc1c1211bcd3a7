"""The subtitle tracks of a master playlist: those of the source and those that people added."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from video_app.pipeline.languages import names, tag
from video_app.pipeline.layout import subtitles_name
from video_app.pipeline.types import Plan

# What subtitles for people who do not hear well tell (Apple's HLS Authoring Specification 4.7).
TRANSCRIBED = (
    "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"
)


@dataclass(frozen=True, slots=True)
class TextTrack:
    """A subtitle track whose playlist lies in `folder`."""

    folder: str
    language: str
    title: str = ""
    is_forced: bool = False
    is_sdh: bool = False
    is_default: bool = False


def of_source(plan: Plan, removed: Collection[int] = ()) -> list[TextTrack]:
    """The tracks in the source, in their order; `removed` are places of some without them."""
    return [
        TextTrack(
            folder=subtitles_name(place),
            language=stream.language,
            title=stream.title,
            is_forced=stream.is_forced,
            is_sdh=stream.is_sdh,
            is_default=stream.is_default,
        )
        for place, stream in enumerate(plan.source.subtitles)
        if place not in removed
    ]


def lines(tracks: Sequence[TextTrack], uri: Callable[[str], str]) -> list[str]:
    """Their tags; `uri` makes a playlist's URI of its name."""
    titles = names([(track.language, track.title) for track in tracks])
    # RFC 8216, 4.3.4.1.1: a group has one default at most.
    default = next((n for n, track in enumerate(tracks) if track.is_default), None)
    return [
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="{title}",'
        f'LANGUAGE="{tag(track.language)}",DEFAULT={_yes(number == default)},AUTOSELECT=YES,'
        f"FORCED={_yes(track.is_forced)},"
        + (f'CHARACTERISTICS="{TRANSCRIBED}",' if track.is_sdh else "")
        + f'URI="{uri(f"{track.folder}/index.m3u8")}"'
        for number, (track, title) in enumerate(zip(tracks, titles, strict=True))
    ]


def _yes(value: bool) -> str:
    return "YES" if value else "NO"
