"""A source put through the pipeline chunk by chunk, and an independent look at the result."""

import math
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from io import BytesIO
from itertools import dropwhile
from pathlib import Path
from typing import Any

import av

from tests.media.samples import BITS, TONE_HERTZ, WIDTH
from video_app.pipeline import ffmpeg, seekable, source, transcode
from video_app.pipeline.command import TIMESTAMP_ORIGIN
from video_app.pipeline.grid import GOPS_PER_SEGMENT
from video_app.pipeline.layout import segment_name
from video_app.pipeline.plan import Limits, make_plan
from video_app.pipeline.streams import Source
from video_app.pipeline.types import AAC_FRAME, SAMPLE_RATE, Plan

LIMITS = Limits(duration=6 * 3600, pixels=8192 * 4320)
TICKS = 90_000
# The pipeline's ffmpeg; another version can be tried here. Samples are always made by PATH's.
BINARY = ffmpeg.find_ffmpeg(os.environ.get("FFMPEG_BINARY", ""))


@dataclass
class Film:
    """An encoded film: its plan and the folder with its segments and playlists."""

    plan: Plan
    folder: Path

    def open(self, rung: str) -> Any:
        paths = (self.folder / rung / segment_name(n) for n in range(self.plan.segments))
        return av.open(BytesIO(b"".join(path.read_bytes() for path in paths)), format="mpegts")

    @property
    def top(self) -> str:
        return self.plan.rungs[-1].name

    def pictures(self, rung: str = "") -> Iterator[Any]:
        with self.open(rung or self.top) as container:
            yield from container.decode(video=0)

    def numbers(self) -> list[int]:
        """The clock's number on each picture."""
        return [read_number(picture) for picture in self.pictures()]

    def stamps(self, kind: str, rung: str) -> list[int]:
        """The packets' presentation times in ticks from the film's start, sorted."""
        origin = TIMESTAMP_ORIGIN * TICKS
        with self.open(rung) as container:
            (stream,) = (s for s in container.streams if s.type == kind)
            packets = [p.pts for p in container.demux(stream) if p.pts is not None]
        return sorted(stamp - origin for stamp in packets)

    def sound(self) -> "array[float]":
        """The left channel from the film's start on."""
        samples = array("f")
        with self.open(self.top) as container:
            for frame in container.decode(audio=0):
                plane = bytes(frame.planes[0])[: 4 * frame.samples]
                samples.frombytes(plane)
        return samples


def prepare(path: Path, folder: Path) -> tuple[Path, Source]:
    """The file to encode from, and what it is, as the planning job does it."""
    found = source.read_source(path, max_streams=64)
    if found.is_seekable:
        return path, found
    copy = folder / "copy.mkv"
    return copy, seekable.make_seekable(BINARY, path, found, copy, watch=lambda: None)


def encode(path: Path, folder: Path, *, is_whole: bool = False) -> Film:
    """Encode all chunks, each by a process of its own (all in one with `is_whole`)."""
    folder.mkdir(exist_ok=True)
    path, found = prepare(path, folder)
    plan = make_plan(found, LIMITS)
    if is_whole:
        cuts = (*range(0, plan.frames, GOPS_PER_SEGMENT * plan.gop), plan.frames)
        plan = replace(plan, cuts=cuts, chunk_cuts=(0, len(cuts) - 1))
    for index in range(plan.chunks):
        transcode.encode_chunk(BINARY, path, plan, plan.chunk(index), folder, threads=1)
    return Film(plan, folder)


def assert_exact(film: Film, *, duration: float | None = None, has_sound: bool = True) -> None:
    """Every rendition is what was planned, packet by packet, and fit for every player."""
    for rung in film.plan.rungs:
        _assert_grid(film, rung.name, rung.rate_divisor)
        if has_sound:
            _assert_sound_grid(film, rung.name)
        picture = next(film.pictures(rung.name))
        assert picture.format.name == "yuv420p"
        assert (picture.width, picture.height) == (rung.width, rung.height)
        assert picture.width % 2 == picture.height % 2 == 0
        with film.open(rung.name) as container:
            assert container.streams.video[0].codec_context.profile == "High"
            assert len(container.streams.audio) == int(has_sound)
    if duration is not None:
        slowest = max(rung.rate_divisor for rung in film.plan.rungs) / film.plan.rate
        assert abs(film.plan.duration - Fraction(duration)) <= slowest


def _assert_grid(film: Film, rung: str, divisor: int) -> None:
    stamps = film.stamps("video", rung)
    step = divisor * TICKS / film.plan.rate
    planned = [round(step * number) for number in range(film.plan.frames // divisor)]
    assert len(stamps) == len(planned)
    assert all(abs(a - b) <= 1 for a, b in zip(stamps, planned, strict=True))


def _assert_sound_grid(film: Film, rung: str) -> None:
    stamps = film.stamps("audio", rung)
    assert stamps == [n * AAC_FRAME * TICKS // SAMPLE_RATE for n in range(len(stamps))]
    assert len(stamps) == math.ceil(film.plan.duration * SAMPLE_RATE / AAC_FRAME)


def assert_in_order(numbers: list[int], first: int, last: int) -> None:
    """Each picture once; only the first and the last one may be held for longer."""
    start = len(numbers) - len(list(dropwhile(lambda n: n == first, numbers)))
    end = numbers.index(last) if last in numbers else len(numbers)
    assert numbers[start - 1 : end + 1] == list(range(first, last + 1))
    assert set(numbers[end:]) == {last}


def luma(picture: Any, x: float, y: float) -> int:
    """The brightness at a place given in shares of width and height."""
    plane = picture.planes[0]
    at = int(y * picture.height) * plane.line_size + int(x * picture.width)
    return int(memoryview(plane)[at])


def colour(picture: Any, x: float, y: float) -> tuple[int, int, int]:
    """Red, green and blue at a place given in shares of width and height, read as BT.709."""
    planes = [picture.planes[n] for n in range(3)]
    column, line = int(x * picture.width), int(y * picture.height)
    values = [
        memoryview(plane)[(line >> shift) * plane.line_size + (column >> shift)]
        for plane, shift in zip(planes, (0, 1, 1), strict=True)
    ]
    luminance, blue, red = 1.164 * (values[0] - 16), values[1] - 128, values[2] - 128
    return (
        _byte(luminance + 1.793 * red),
        _byte(luminance - 0.213 * blue - 0.533 * red),
        _byte(luminance + 2.112 * blue),
    )


def _byte(value: float) -> int:
    return max(0, min(255, round(value)))


def is_close(
    found: tuple[int, int, int], wanted: tuple[int, int, int], tolerance: int = 12
) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def read_number(picture: Any) -> int:
    """The number that a picture of the clock shows."""
    block = WIDTH // BITS
    number = 0
    for bit in range(BITS):
        number = 2 * number + (luma(picture, (bit + 0.5) * block / WIDTH, 1 / 3) > 128)
    return number


def flash_times(film: Film) -> list[float]:
    """When the clock's flashes begin, in seconds."""
    times, was_white = [], False
    for number, picture in enumerate(film.pictures()):
        is_white = luma(picture, 0.5, 0.85) > 160
        if is_white and not was_white:
            times.append(float(number / film.plan.rate))
        was_white = is_white
    return times


def beep_times(film: Film) -> list[float]:
    """When the clock's beeps begin, in seconds."""
    times, silent_since = [], -1.0
    for number, sample in enumerate(film.sound()):
        if abs(sample) > 0.1:
            if number / SAMPLE_RATE - silent_since > 0.2:
                times.append(number / SAMPLE_RATE)
            silent_since = number / SAMPLE_RATE
    return times


def tone_shifts(film: Film) -> list[tuple[float, float, float]]:
    """Time, delay in samples and loudness of the test tone in each AAC frame."""
    speed = 2 * math.pi * TONE_HERTZ / SAMPLE_RATE
    sines = [math.sin(speed * n) for n in range(AAC_FRAME)]
    cosines = [math.cos(speed * n) for n in range(AAC_FRAME)]
    sound, shifts = film.sound(), []
    for start in range(0, len(sound) - AAC_FRAME + 1, AAC_FRAME):
        frame = sound[start : start + AAC_FRAME]
        sine = sum(map(float.__mul__, frame, sines))
        cosine = sum(map(float.__mul__, frame, cosines))
        delay = -math.atan2(cosine, sine) / speed
        shifts.append((start / SAMPLE_RATE, delay, 2 * math.hypot(sine, cosine) / AAC_FRAME))
    return shifts
