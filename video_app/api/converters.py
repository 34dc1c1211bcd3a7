"""The names that may stand in a URL. Whatever else a client sends never reaches a view.

Patterns say `[0-9]`, not `\\d`, which also matches the digits of other scripts.
"""

from django.urls import register_converter

from video_app.pipeline import ladder
from video_app.streaming.pictures import SUFFIXES, WIDTHS, PosterName


class _Text:
    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class _Number:
    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class VideoId(_Number):
    """Any id that the database's 64 bits can hold."""

    regex = "[1-9][0-9]{0,17}"


class Resolution(_Text):
    """One of the contract's fixed words."""

    regex = "|".join(ladder.NAMES)


class SegmentName:
    """`NNN.ts`, or `indexN.ts`, `segmentNNN.ts`, `segment_NNN.ts`, to its number."""

    regex = "(?:index|segment_?)?[0-9]{1,6}[.]ts"

    def to_python(self, value: str) -> int:
        return int("".join(filter(str.isdecimal, value)))

    def to_url(self, value: int) -> str:
        return f"{value:03d}.ts"


class Place(_Number):
    """Of a track, a subtitle segment or a sheet: counted from 0."""

    regex = "[0-9]{1,4}"


class PlayRightText(_Text):
    """What a play link has before everything: signed, so only its shape is looked at here."""

    regex = "[A-Za-z0-9_-]{40,100}[.][A-Za-z0-9_-]{40,60}"


register_converter(PlayRightText, "right")


class Poster:
    """`640.webp`: one of the widths and formats that there are."""

    regex = f"(?:{'|'.join(map(str, WIDTHS))})[.](?:{'|'.join(SUFFIXES)})"

    def to_python(self, value: str) -> PosterName:
        width, _, suffix = value.partition(".")
        return PosterName(int(width), suffix)

    def to_url(self, value: PosterName) -> str:
        return f"{value.width}.{value.suffix}"


register_converter(Place, "place")
register_converter(Poster, "poster")
register_converter(VideoId, "id")
register_converter(Resolution, "resolution")
register_converter(SegmentName, "segment")
