"""What a file's own structure says about its bytes: whether some are missing at its end,
and where further files begin that were appended to it (`cat a.flv b.flv`).

Only sizes are read, a few bytes each. Players stop at the first file's end, or show both
at once, and headers may state any length: sizes are what is left to go by.
"""

import itertools
import os
from dataclasses import dataclass

from video_app.pipeline.location import Location, open_binary
from video_app.pipeline.pieces import MAX_PARTS, pieces, read_at
from video_app.pipeline.programs import find_changes

# A download that reserved its room and was cut off ends in zeros.
BLANK_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Extent:
    """Byte ranges `(start, end)` of the files in a file; one for nearly all."""

    parts: tuple[tuple[int, int], ...]
    is_cut_off: bool
    expected: int  # bytes that there should be, as far as anybody knows


def read_extent(location: Location) -> Extent:
    """What the structure of a file says; one whole part for a container without sizes."""
    with open_binary(location) as file:
        size = file.seek(0, os.SEEK_END)
        begins, end = [0], 0
        for piece in pieces(file, size):
            if piece.is_beginning and piece.start and len(begins) < MAX_PARTS:
                begins.append(piece.start)
            end = piece.end
        begins += find_changes(file, size)
        is_blank = size > 2 * BLANK_TAIL and not any(read_at(file, size - BLANK_TAIL, BLANK_TAIL))
    parts = tuple(itertools.pairwise([*begins, size]))
    return Extent(parts, is_cut_off=end > size or is_blank, expected=max(end, size))
