"""Looks at many places of a film: what its beginning says need not hold for the rest."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
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
        _add_picture(found, picture, frame)
    # Some decoders never say which pictures are key ones.
    can_tell_keys = bool(pictures) and bool(pictures[0].key_frame)
    seen = (picture if pictures else None, sounds)
    if picture and picture.width * picture.height > SMALL_PIXELS:
        found.add(_survey(container, seen, clock, PLACES, can_tell_keys=can_tell_keys))
        return found
    with open_media(path) as second, ThreadPoolExecutor(1) as thread:
        twins = _twins(second, seen)
        others = thread.submit(
            _survey, second, twins, clock, PLACES[1::2], can_tell_keys=can_tell_keys
        )
        found.add(_survey(container, seen, clock, PLACES[::2], can_tell_keys=can_tell_keys))
        found.add(others.result())
    return found


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
    picture, sounds = streams
    found = Survey({sound.index: set() for sound in sounds})
    for _ in places(container, clock, numbers):
        looked = _look(container, picture, sounds)
        for index, sound in looked.sounds.items():
            found.kinds[index].add(_kind(sound))
        if picture:
            _add_look(found, picture, looked, can_tell_keys=can_tell_keys)
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


@dataclass(slots=True)
class _Look:
    """What lies at one place: a sound of each stream, and what the first packet of the
    picture is decoded to."""

    sounds: dict[int, Any] = field(default_factory=dict)
    packet: Any = None
    picture: Any = None
    is_right: bool = True


def _look(container: InputContainer, picture: Any | None, sounds: list[Any]) -> _Look:
    look = _Look()
    streams = [*sounds, *([picture] if picture else [])]
    for number, (index, packet) in enumerate(packets(container, streams)):
        if picture and index == picture.index:
            _look_at_picture(look, picture, packet)
        elif index not in look.sounds:
            for sound in decode(packet)[0][:1]:
                look.sounds[index] = sound
        is_seen = picture is None or look.packet
        if number >= PLACE_PACKETS or (is_seen and len(look.sounds) == len(sounds)):
            break
    return look


def _look_at_picture(look: _Look, stream: Any, packet: Any) -> None:
    if look.packet or not packet.size:
        return
    look.packet = packet
    frames, look.is_right = decode(packet)
    # One picture costs least: decoders hold back up to 16 unless they are drained.
    frames = frames or drain(stream)
    look.picture = frames[0] if frames else None


def _add_look(found: Survey, picture: Any, look: _Look, *, can_tell_keys: bool) -> None:
    if look.picture:
        _add_picture(found, picture, look.picture)
    found.damaged += not look.is_right
    if can_tell_keys and look.packet and look.is_right:
        found.false_keys += not _is_key(look)


def _is_key(look: _Look) -> bool:
    """Whether a film can be decoded from here: the packet is a key picture."""
    frame, packet = look.picture, look.packet
    if frame is None or not packet.is_keyframe or not frame.key_frame:
        return False
    return packet.pts is None or frame.pts is None or packet.pts == frame.pts


def _add_picture(found: Survey, stream: Any, frame: Any) -> None:
    aspect = stream.codec_context.sample_aspect_ratio or Fraction(0)
    found.shapes[frame.width, frame.height, str(aspect)] += 1
    found.interlaced += bool(frame.interlaced_frame)


def _kind(sound: Any) -> tuple[int, str]:
    return sound.sample_rate, sound.layout.name
