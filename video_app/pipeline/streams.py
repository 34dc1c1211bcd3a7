"""A source file and its streams, as a probe describes them. Times are exact seconds."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

AUDIO_FRACTIONS = ("start", "end", "grid_start")
VIDEO_FRACTIONS = ("sample_aspect", "average_rate", "base_rate", "start")


@dataclass(frozen=True, slots=True)
class VideoStream:
    """A picture stream of a source, as its container and first frame describe it."""

    index: int
    codec: str
    width: int  # coded, before rotation and pixel shape
    height: int
    sample_aspect: Fraction
    rotation: int  # degrees clockwise: 0, 90, 180, 270
    average_rate: Fraction  # frames per second; 0 when unknown
    base_rate: Fraction  # the container's guess at the constant rate; 0 when unknown
    start: Fraction  # seconds after the container's own start
    is_interlaced: bool = False
    is_hdr: bool = False
    matrix: str = "auto"  # how the scaler is to read its colours
    has_our_colours: bool = False  # BT.709, limited range, 8 bits, 4:2:0, as renditions are
    changes_shape: bool = False  # its size or pixel aspect changes on the way: scale with bars


@dataclass(frozen=True, slots=True)
class AudioStream:
    index: int
    codec: str
    channels: int
    sample_rate: int
    start: Fraction
    end: Fraction
    language: str = "und"
    title: str = ""
    is_default: bool = False
    is_forced: bool = False
    is_sdh: bool = False  # for people who do not see well: pictures are described
    # Its frames lie on a grid of so many samples from so many seconds on; 0: their length varies.
    grid_samples: int = 0
    grid_start: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class SubtitleStream:
    index: int
    codec: str
    language: str = "und"
    title: str = ""
    is_default: bool = False
    is_forced: bool = False  # only what everybody needs: signs, foreign dialogue
    is_sdh: bool = False  # for people who do not hear well: noises are described


@dataclass(frozen=True, slots=True)
class Note:
    """Something in the file that is not in the film, and why."""

    code: str  # for programs: "sound_undecodable"
    text: str  # for people, one sentence


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """Where a chapter of the file begins, in seconds after the container's own start."""

    start: Fraction
    title: str = ""


# Transport and program streams, which have no index, and others whose index is a guess.
INEXACT_CONTAINERS = ("mpeg", "mpegts", "flv", "ogg")


def seeks_exactly(container: str) -> bool:
    """Whether a seek in such a container lands where it was meant to."""
    return not container.startswith(INEXACT_CONTAINERS)


@dataclass(frozen=True, slots=True)
class Source:
    """What a probe found out about a source file."""

    container: str  # demuxer name, e.g. "mov,mp4,m4a,3gp,3g2,mj2"
    size: int
    duration: Fraction  # to the end of the longest of the chosen streams
    video: VideoStream
    audios: tuple[AudioStream, ...] = ()
    subtitles: tuple[SubtitleStream, ...] = ()
    start: Fraction = Fraction(0)  # the container's own time of what is second 0 here
    has_index: bool = True
    has_steady_sound: bool = True  # its channels and rate never change on the way
    # No seek can be trusted (damage, an index that lies): encode from the start, or from a copy.
    must_decode_from_start: bool = False
    notes: tuple[Note, ...] = ()
    parts: int = 1  # files that were appended to each other, each with a clock of its own
    chapters: tuple[ChapterMark, ...] = ()

    @property
    def is_seekable(self) -> bool:
        """Whether chunks can be cut out of it: a seek lands exactly, and filters that begin
        in its middle hear no other sound."""
        is_one = self.has_index and self.parts == 1
        return seeks_exactly(self.container) and is_one and self.has_steady_sound


def source_from_json(value: dict[str, Any]) -> Source:
    return Source(
        container=value["container"],
        size=value["size"],
        duration=Fraction(value["duration"]),
        video=VideoStream(**_fractions(value["video"], VIDEO_FRACTIONS)),
        audios=tuple(AudioStream(**_fractions(a, AUDIO_FRACTIONS)) for a in value["audios"]),
        subtitles=tuple(SubtitleStream(**s) for s in value["subtitles"]),
        start=Fraction(value["start"]),
        # Older plans have none of these.
        has_index=value.get("has_index", True),
        has_steady_sound=value.get("has_steady_sound", True),
        must_decode_from_start=value.get("must_decode_from_start", False),
        notes=tuple(Note(**note) for note in value.get("notes", ())),
        parts=value.get("parts", 1),
        chapters=tuple(
            ChapterMark(Fraction(mark["start"]), mark["title"])
            for mark in value.get("chapters", ())
        ),
    )


def _fractions(value: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return value | {name: Fraction(value[name]) for name in names}
