"""What travels through the pipeline. Times are exact `Fraction`s of a second,
rates are bits per second, sizes are bytes, frame numbers count from 0."""

from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any, Self

from video_app.pipeline.layout import track_name

AAC_FRAME = 1024  # samples per AAC frame (ISO/IEC 14496-3, 4.5.2.1.1)
SAMPLE_RATE = 48_000
MAX_TRACKS = 7  # besides the first; more languages than that are not chosen from a menu


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


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder: a size with what it may cost."""

    name: str  # "720p"
    width: int
    height: int
    crf: float
    max_rate: int
    buffer_size: int
    preset: str
    audio_rate: int
    rate_divisor: int = 1  # every n-th frame of the grid
    level: str = "4.0"


@dataclass(frozen=True, slots=True)
class ChunkSpan:
    """Segments `[first_segment, end_segment)` and frames `[first_frame, end_frame)`."""

    index: int
    first_segment: int
    end_segment: int
    first_frame: int
    end_frame: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a build that is known before its first frame is encoded.

    `cuts` are frame numbers: segment n holds frames `[cuts[n], cuts[n + 1])`.
    `chunk_cuts` are segment numbers: chunk k holds segments `[chunk_cuts[k], chunk_cuts[k + 1])`.
    """

    rate: Fraction
    gop: int  # frames
    cuts: tuple[int, ...]
    chunk_cuts: tuple[int, ...]
    rungs: tuple[Rung, ...]
    source: Source = field(repr=False)
    origin: Fraction = Fraction(0)  # seconds after the source's start at which frame 0 lies
    # The first sound can be fetched without pictures too: some players switch back only so.
    has_first_track: bool = False

    @property
    def frames(self) -> int:
        return self.cuts[-1]

    @property
    def duration(self) -> Fraction:
        return self.frames / self.rate

    @property
    def segments(self) -> int:
        return len(self.cuts) - 1

    @property
    def chunks(self) -> int:
        return len(self.chunk_cuts) - 1

    @property
    def has_audio(self) -> bool:
        return bool(self.source.audios)

    @property
    def tracks(self) -> tuple[AudioStream, ...]:
        """The sound tracks that can be chosen instead of the first one."""
        return self.source.audios[1 : 1 + MAX_TRACKS]

    @property
    def track_folders(self) -> tuple[str, ...]:
        """The folders of sound without pictures: the further tracks', then the first one's."""
        count = len(self.tracks) + (self.has_first_track and bool(self.tracks))
        return tuple(track_name(number) for number in range(count))

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of a build that hold segments: one per rung, then those of the tracks."""
        return (*(rung.name for rung in self.rungs), *self.track_folders)

    def chunk(self, index: int) -> ChunkSpan:
        first, end = self.chunk_cuts[index], self.chunk_cuts[index + 1]
        return ChunkSpan(index, first, end, self.cuts[first], self.cuts[end])

    def rung(self, name: str) -> Rung:
        """The rung of that name; `KeyError` when the plan has none."""
        return {rung.name: rung for rung in self.rungs}[name]

    def segment_duration(self, number: int) -> Fraction:
        """Seconds of segment `number`, exact."""
        return (self.cuts[number + 1] - self.cuts[number]) / self.rate

    def time(self, frame: int) -> Fraction:
        return frame / self.rate

    def to_json(self) -> dict[str, Any]:
        encoded: dict[str, Any] = _encode(asdict(self))
        return encoded

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        source = value["source"]
        return cls(
            rate=Fraction(value["rate"]),
            gop=value["gop"],
            cuts=tuple(value["cuts"]),
            chunk_cuts=tuple(value["chunk_cuts"]),
            rungs=tuple(Rung(**rung) for rung in value["rungs"]),
            source=source_from_json(source),
            origin=Fraction(value["origin"]),
            has_first_track=value.get("has_first_track", False),  # older builds have none
        )


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


AUDIO_FRACTIONS = ("start", "end", "grid_start")
VIDEO_FRACTIONS = ("sample_aspect", "average_rate", "base_rate", "start")


def _fractions(value: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return value | {name: Fraction(value[name]) for name in names}


def _encode(value: Any) -> Any:
    """JSON's types, with fractions as "24000/1001"."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encode(item) for item in value]
    return value
