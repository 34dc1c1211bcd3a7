"""From a path to everything that `probe` wants to know."""

from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer

from video_app.pipeline import ranking
from video_app.pipeline.command import MAX_PIXELS
from video_app.pipeline.extent import read_extent
from video_app.pipeline.location import open_binary, size
from video_app.pipeline.probe_child.containers import open_media
from video_app.pipeline.probe_child.counting import count_pictures
from video_app.pipeline.probe_child.ends import find_ends
from video_app.pipeline.probe_child.frames import (
    first_frames,
    picture_facts,
    prepare,
    sound_grid,
)
from video_app.pipeline.probe_child.streams import read_streams
from video_app.pipeline.probe_child.survey import Survey, survey
from video_app.pipeline.streams import seeks_exactly
from video_app.pipeline.types import MAX_TRACKS

# Seconds; less may be pictures that recordings begin with and nobody can decode.
LATE = Fraction(1, 2)
MAX_CHAPTERS = 500
UNKNOWN_SIZES = (bytes(4), b"\xff" * 4)


def describe(path: str, *, is_deaf: bool = False) -> dict[str, Any]:
    """The container's facts; times are strings of fractions of seconds from its start."""
    extent = read_extent(path)
    with open_media(path) as container:
        origin = Fraction(container.start_time or 0, av.time_base)
        has_index = not _is_unfinished_riff(path)
        stated = Fraction(container.duration or 0, av.time_base) * has_index
        streams = read_streams(container, origin)
        _count_pictures(path, streams, (origin, stated))
        chosen = ranking.best_video(streams)
        facts = _look(path, container, streams, chosen, (origin, stated), is_deaf=is_deaf)
        return facts | {
            "container": container.format.name,
            "size": size(path),
            "start": str(origin),
            "stated_duration": str(stated),
            "streams": streams,
            "chosen": chosen and chosen["index"],
            "has_index": has_index,
            "chapters": _chapters(container, origin),
            "parts": len(extent.parts),
            "is_cut_off": extent.is_cut_off,
            "expected_size": extent.expected,
        }


def _chapters(container: InputContainer, origin: Fraction) -> list[dict[str, str]]:
    return [
        {
            "start": str(mark["start"] * Fraction(mark["time_base"] or 0) - origin),
            "title": str(mark["metadata"].get("title", "")),
        }
        for mark in container.chapters()[:MAX_CHAPTERS]
    ]


def _is_unfinished_riff(path: str) -> bool:
    """Whether an AVI was written to a pipe or never ended: it has no index, and the lengths
    in its header are guesses."""
    with open_binary(path) as file:
        head = file.read(8)
    return head[:4] == b"RIFF" and head[4:] in UNKNOWN_SIZES


def _count_pictures(
    path: str, streams: list[dict[str, Any]], clock: tuple[Fraction, Fraction]
) -> None:
    """Fill in how many pictures each stream has, where there is a choice."""
    found = ranking.candidates(streams)
    if len(found) < 2:
        return
    with open_media(path) as container:
        counted = count_pictures(container, [stream["index"] for stream in found], clock)
    for stream in found:
        stream["pictures"] = counted[stream["index"]]


def _look(
    path: str,
    container: InputContainer,
    streams: list[dict[str, Any]],
    chosen: dict[str, Any] | None,
    clock: tuple[Fraction, Fraction],
    *,
    is_deaf: bool,
) -> dict[str, Any]:
    """What decoding tells; fills in the channels and the end of each stream."""
    origin = clock[0]
    sounds = [] if is_deaf else _sounds(container, streams, chosen)
    picture = _picture(container, chosen)
    prepare([*sounds, *([picture] if picture else [])])
    first = first_frames(container, picture, sounds)
    ends = find_ends(path, container, *clock)
    for stream in streams:
        stream["end"] = str(ends.get(stream["index"], Fraction(0)))
        stream["start"] = _real_start(stream["start"], first.get(stream["index"]), origin)
    length = ends.get(picture.index, Fraction(0)) if picture else Fraction(0)
    found = Survey({})
    if seeks_exactly(container.format.name):  # the others are looked at when they have been copied
        found = survey(path, container, (picture, sounds), first, (origin, length))
    grids = {sound.index: sound_grid(first[sound.index], origin) for sound in sounds}
    return {
        "frame": picture_facts(first[picture.index]) if picture else None,
        "sounds": {index: grid for index, grid in grids.items() if grid},
        **found.facts(),
    }


def _picture(container: InputContainer, chosen: dict[str, Any] | None) -> Any | None:
    """The film's picture stream, unless its pictures would fill the memory."""
    is_bearable = chosen is not None and ranking.pixels(chosen) <= MAX_PIXELS
    return container.streams[chosen["index"]] if chosen and is_bearable else None


def _real_start(stated: str | None, frames: list[Any] | None, origin: Fraction) -> str:
    """When a stream begins: libavformat guesses where it stopped looking before that."""
    if not frames or frames[0].pts is None:
        return stated or "0"
    first = Fraction(frames[0].pts * frames[0].time_base) - origin
    return str(first) if stated is None or first > Fraction(stated) + LATE else stated


def _sounds(
    container: InputContainer, streams: list[dict[str, Any]], chosen: dict[str, Any] | None
) -> list[Any]:
    """The sounds that the film will have; fills in what their decoders know of all."""
    own = ranking.own_sounds(streams, chosen)
    for stream in own:
        codec: Any = container.streams[stream["index"]].codec_context
        stream["channels"] = codec.channels
    return [container.streams[stream["index"]] for stream in own[: 1 + MAX_TRACKS]]
