"""What travels through the pipeline. Times are exact `Fraction`s of a second,
rates are bits per second, sizes are bytes, frame numbers count from 0."""

from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any, Self

from video_app.pipeline.layout import track_name
from video_app.pipeline.streams import AudioStream, Source, source_from_json

AAC_FRAME = 1024  # samples per AAC frame (ISO/IEC 14496-3, 4.5.2.1.1)
SAMPLE_RATE = 48_000
MAX_TRACKS = 7  # besides the first; more languages than that are not chosen from a menu


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


def _encode(value: Any) -> Any:
    """JSON's types, with fractions as "24000/1001"."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encode(item) for item in value]
    return value
