"""Looks at many places of a film: what its beginning says need not hold for the rest."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import av
from av.container import InputContainer

from video_app.pipeline.probe_child.containers import decode, drain, open_media, packets
from video_app.pipeline.probe_child.frames import prepare

PLACES = range(1, 24)  # of as many parts of the film
# Larger ones are decoded one at a time: two decoders' pictures would fill the memory.
SMALL_PIXELS = 2560 * 1440
PLACE_PACKETS = 300
MAX_SECONDS = 5  # of wall clock: very large pictures are looked at in fewer places

# The picture, if any can be decoded, and the sounds.
Streams = tuple[Any | None, list[Any]]


@dataclass(slots=True)
class Survey:
    """What was seen; `kinds` are rates and layouts of each sound, `shapes` are widths,
    heights and pixel aspects of pictures, with the number of places."""

    kinds: dict[int, set[tuple[int, str]]]
    shapes: Counter[tuple[int, int, str]] = field(default_factory=Counter)
    interlaced: int = 0  # places
    # Places to which a seek leads, at which no picture begins whatever the container says.
    false_keys: int = 0
    damaged: int = 0  # places at which nothing can be decoded

    def add(self, other: "Survey") -> None:
        for index, kinds in other.kinds.items():
            self.kinds[index] |= kinds
        self.shapes += other.shapes
        self.interlaced += other.interlaced
        self.false_keys += other.false_keys
        self.damaged += other.damaged

    def facts(self) -> dict[str, Any]:
        return {
            "has_steady_sound": all(len(found) <= 1 for found in self.kinds.values()),
            "shapes": [[*shape, count] for shape, count in self.shapes.items()],
            "interlaced": self.interlaced,
            "false_keys": self.false_keys,
            "damaged": self.damaged,
        }


def survey(
    path: str,
    container: InputContainer,
    streams: Streams,
    first: dict[int, list[Any]],
    clock: tuple[Fraction, Fraction],
) -> Survey:
    """Look at a film's picture and sounds at places all over it.

    `first` are the streams' first frames, `clock` are the container's start and the film's
    length.
    """
    picture, sounds = streams
    found = Survey({s.index: {_kind(frame) for frame in first[s.index]} for s in sounds})
    pictures = first[picture.index] if picture else []
    for frame in pictures[:1]:
        found.shapes[_shape(picture, frame)] += 1
        found.interlaced += bool(frame.interlaced_frame)
    # Some decoders never say which pictures are key ones.
    can_tell_keys = bool(pictures) and bool(pictures[0].key_frame)
    seen = (picture if pictures else None, sounds)
    if picture and picture.width * picture.height > SMALL_PIXELS:
        found.add(_survey(container, seen, clock, PLACES, can_tell_keys=can_tell_keys))
    else:
        for half in _survey_halves(path, container, seen, clock, can_tell_keys=can_tell_keys):
            found.add(half)
    return found


def _survey_halves(
    path: str,
    container: InputContainer,
    streams: Streams,
    clock: tuple[Fraction, Fraction],
    *,
    can_tell_keys: bool,
) -> tuple[Survey, Survey]:
    """Both halves of the film at once: somebody waits for the first picture."""
    half, look = len(PLACES) // 2, partial(_survey, can_tell_keys=can_tell_keys)
    with open_media(path) as second, ThreadPoolExecutor(1) as thread:
        rest = thread.submit(look, second, _twins(second, streams), clock, PLACES[half:])
        return look(container, streams, clock, PLACES[:half]), rest.result()


def _twins(container: InputContainer, streams: Streams) -> Streams:
    """The same streams of the same file, opened once more."""
    picture, sounds = streams
    again = [container.streams[stream.index] for stream in (*sounds, *([picture] * bool(picture)))]
    prepare(again)
    return (again.pop() if picture else None), again


def _survey(
    container: InputContainer,
    streams: Streams,
    clock: tuple[Fraction, Fraction],
    numbers: Iterable[int],
    *,
    can_tell_keys: bool,
) -> Survey:
    found = Survey({sound.index: set() for sound in streams[1]})
    known: _Known = {}
    for _ in places(container, clock, numbers):
        looked = _look(container, streams, known)
        for index, sound in looked.sounds.items():
            found.kinds[index].add(_kind(sound))
        if looked.picture:
            _add_picture(found, looked.picture, can_tell_keys=can_tell_keys)
    return found


def places(
    container: InputContainer, clock: tuple[Fraction, Fraction], numbers: Iterable[int] = PLACES
) -> Iterator[Fraction]:
    """Stand at each place in turn, which are times of the container's own clock."""
    deadline = time.monotonic() + MAX_SECONDS
    start, length = clock
    for number in numbers if length > 0 else ():
        place = start + length * number / (len(PLACES) + 1)
        try:
            container.seek(int(place * av.time_base))
        except av.FFmpegError:
            continue
        yield place
        if time.monotonic() > deadline:
            return


@dataclass(frozen=True, slots=True)
class _Picture:
    """What the first packet of the picture at a place is decoded to."""

    shape: tuple[int, int, str] | None  # none when nothing comes out
    is_interlaced: bool = False
    is_right: bool = True
    is_key: bool = False  # a film can be decoded from here


@dataclass(slots=True)
class _Look:
    """What lies at one place: a sound of each stream, and the picture."""

    sounds: dict[int, Any] = field(default_factory=dict)
    picture: _Picture | None = None


# By packet: seeks to places between two key pictures lead to the same one.
_Known = dict[tuple[Any, ...], _Picture]


def _look(container: InputContainer, streams: Streams, known: _Known) -> _Look:
    picture, sounds = streams
    look = _Look()
    wanted = [*sounds, *([picture] if picture else [])]
    for number, (index, packet) in enumerate(packets(container, wanted)):
        if picture and index == picture.index:
            look.picture = look.picture or _look_at_picture(picture, packet, known)
        elif index not in look.sounds:
            for sound in decode(packet)[0][:1]:
                look.sounds[index] = sound
        is_seen = picture is None or look.picture
        if number >= PLACE_PACKETS or (is_seen and len(look.sounds) == len(sounds)):
            break
    return look


def _look_at_picture(stream: Any, packet: Any, known: _Known) -> _Picture | None:
    if not packet.size:
        return None
    name = (packet.pts, packet.dts, packet.pos, packet.size)
    if name not in known:
        known[name] = _decoded(stream, packet)
    return known[name]


def _decoded(stream: Any, packet: Any) -> _Picture:
    frames, is_right = decode(packet)
    # One picture costs least: decoders hold back up to 16 unless they are drained.
    frames = frames or drain(stream)
    if not frames:
        return _Picture(None, is_right=is_right)
    frame = frames[0]
    is_key = packet.is_keyframe and frame.key_frame
    is_own = None in (packet.pts, frame.pts) or packet.pts == frame.pts
    interlaced = bool(frame.interlaced_frame)
    return _Picture(_shape(stream, frame), interlaced, is_right, bool(is_key and is_own))


def _add_picture(found: Survey, picture: _Picture, *, can_tell_keys: bool) -> None:
    if picture.shape:
        found.shapes[picture.shape] += 1
        found.interlaced += picture.is_interlaced
    found.damaged += not picture.is_right
    if can_tell_keys and picture.is_right:
        found.false_keys += not picture.is_key


def _shape(stream: Any, frame: Any) -> tuple[int, int, str]:
    aspect = stream.codec_context.sample_aspect_ratio or Fraction(0)
    return frame.width, frame.height, str(aspect)


def _kind(sound: Any) -> tuple[int, str]:
    return sound.sample_rate, sound.layout.name
