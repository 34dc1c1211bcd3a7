"""Which of a file's pictures is the film, and which sounds belong to it."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

# Slides and covers have fewer than this share of the pictures that the film has.
FEWEST = Fraction(1, 2)
# A preview has less than this share of the film's pixels, whatever its mark says.
PREVIEW = Fraction(1, 4)
Stream = dict[str, Any]


def candidates(streams: Iterable[Stream]) -> list[Stream]:
    """The picture streams that could be a film: never a cover."""
    return [s for s in streams if s["type"] == "video" and not s["is_picture"]]


def best_video(streams: Iterable[Stream]) -> Stream | None:
    """The picture stream people mean.

    In this order: one with sound in its own program, with about as many pictures as any
    other, that is no preview, the default one, the largest.
    """
    streams = list(streams)
    found = candidates(streams)
    sounds = [s for s in streams if s["type"] == "audio"]
    found = [s for s in found if any(share_program(s, sound) for sound in sounds)] or found
    most = max((s["pictures"] for s in found), default=0)
    found = [s for s in found if s["pictures"] > most * FEWEST] or found
    largest = max(map(pixels, found), default=0)
    found = [s for s in found if pixels(s) >= largest * PREVIEW]
    return max(found, key=lambda s: (s["is_default"], pixels(s), -s["index"]), default=None)


def own_sounds(streams: Iterable[Stream], video: Stream | None) -> list[Stream]:
    """The sounds of the picture's program, the default one first; all where none is its own."""
    sounds = [s for s in streams if s["type"] == "audio"]
    if video is not None and any(share_program(video, s) for s in sounds):
        sounds = [s for s in sounds if share_program(video, s) or not s["programs"]]
    # Where nothing is marked, described pictures are not what most people want to hear.
    return sorted(sounds, key=lambda s: (not s["is_default"], s["is_sdh"], s["index"]))


def own_texts(streams: Iterable[Stream], video: Stream) -> list[Stream]:
    """The subtitles of the picture's program."""
    texts = [s for s in streams if s["type"] == "subtitle"]
    return [s for s in texts if not s["programs"] or share_program(video, s)]


def share_program(one: Stream, other: Stream) -> bool:
    """Whether both are of one program, or in a file without programs."""
    mine, yours = set(one["programs"]), set(other["programs"])
    return bool(mine & yours) or not (mine or yours)


def pixels(stream: Stream) -> int:
    return int(stream["width"] * stream["height"])
