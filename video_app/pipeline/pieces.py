"""The top-level elements of containers. Only their sizes are read, a few bytes each."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

EBML, SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
MAX_BOXES = 100_000  # a fragment each half second for half a day
MAX_PARTS = 100
FLV_HEADER, FLV_TAG, FLV_TAGS = 13, 11, {8, 9, 18}
OGG_PAGE, OGG_BEGINS = 27, 2
UNKNOWN_RIFF = {0, 0xFFFFFFFF}


@dataclass(frozen=True, slots=True)
class Piece:
    """A top-level element of a container; `end` may lie behind the end of the file."""

    start: int
    end: int
    is_beginning: bool = False  # of a file


def pieces(file: BinaryIO, size: int) -> Iterator[Piece]:
    head = read_at(file, 0, 16)
    readers: dict[bytes, Callable[[BinaryIO, int], Iterator[Piece]]] = {
        EBML: _matroska,
        ASF_HEADER[:4]: _asf,
        b"RIFF": _riff,
        b"FLV\x01": _flv,
        b"OggS": _ogg,
    }
    if reader := readers.get(head[:4]):
        return reader(file, size)
    return _boxes(file, size) if head[4:8] in BOXES else iter(())


BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"}
# Other boxes are told from rubbish behind the end by the shape of their names.
MAX_BOX_HEADER = 16


def _boxes(file: BinaryIO, size: int) -> Iterator[Piece]:
    """ISO/IEC 14496-12, 4.2. A second `ftyp` behind a `moov` begins another film."""
    at, has_index = 0, False
    for _ in range(MAX_BOXES):
        header = read_at(file, at, MAX_BOX_HEADER)
        name = header[4:8]
        if len(header) < 8 or not name.replace(b"\xa9", b"a").strip().isalnum():
            return
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        if length == 0:  # to the end of the file
            length = size - at
        if length < 8:
            return
        yield Piece(at, at + length, is_beginning=name == b"ftyp" and has_index)
        has_index = name == b"moov" or (has_index and name != b"ftyp")
        at += length


def _matroska(file: BinaryIO, size: int) -> Iterator[Piece]:
    """RFC 8794, 11.2: an EBML header begins a file, its size and a segment's are stated."""
    at = 0
    for _ in range(2 * MAX_PARTS):
        header = read_at(file, at, 12)
        name = header[:4]
        if name not in (EBML, SEGMENT):
            return
        length, width = _ebml_size(header[4:])
        if length is None:  # written to a pipe: to the end of the file
            return
        end = at + 4 + width + length
        yield Piece(at, end, is_beginning=name == EBML)
        at = end


def _ebml_size(text: bytes) -> tuple[int | None, int]:
    """A size and the bytes it takes; none when it is unknown."""
    width = 9 - text[0].bit_length() if text and text[0] else 0
    if not 1 <= width <= 8 or len(text) < width:
        return None, 1
    value = int.from_bytes(text[:width], "big") & (1 << 7 * width) - 1
    return (None if value == (1 << 7 * width) - 1 else value), width


def _riff(file: BinaryIO, size: int) -> Iterator[Piece]:
    """An AVI and its continuations (OpenDML). A second AVI is read on by every reader."""
    at = 0
    for _ in range(MAX_BOXES):
        header = read_at(file, at, 8)
        if len(header) < 8 or header[:4] != b"RIFF":
            return
        length = struct.unpack("<I", header[4:])[0]
        if length in UNKNOWN_RIFF:
            return
        yield Piece(at, at + 8 + length)
        at += 8 + length + length % 2


def _asf(file: BinaryIO, size: int) -> Iterator[Piece]:
    """ASF specification 2.1: top-level objects are a GUID and a size; a header begins a file."""
    at = 0
    for _ in range(MAX_BOXES):
        header = read_at(file, at, 24)
        length = int.from_bytes(header[16:24], "little")
        if len(header) < 24 or length < 24:
            return
        yield Piece(at, at + length, is_beginning=header[:16] == ASF_HEADER)
        at += length


def _flv(file: BinaryIO, size: int) -> Iterator[Piece]:
    """Adobe's FLV specification, annex E: a header, then tags with their sizes."""
    at = 0
    while at < size:
        header = read_at(file, at, FLV_TAG)
        if header[:3] == b"FLV":
            yield Piece(at, at + FLV_HEADER, is_beginning=True)
            at += FLV_HEADER
            continue
        is_tag = len(header) == FLV_TAG and not any(header[8:11])  # the stream's number
        if not is_tag or header[0] & 0xDF not in FLV_TAGS:  # but for the bit of encryption
            return
        end = at + FLV_TAG + int.from_bytes(header[1:4], "big")
        yield Piece(at, end)
        at = end + 4  # its size once more


def _ogg(file: BinaryIO, size: int) -> Iterator[Piece]:
    """RFC 3533, section 6: pages with their sizes. A stream that begins behind others' pages
    is another film ("chained", section 4)."""
    at, is_beginning = 0, False
    while at < size:
        header = read_at(file, at, OGG_PAGE)
        if len(header) < OGG_PAGE or header[:4] != b"OggS":
            return
        lengths = read_at(file, at + OGG_PAGE, header[26])
        end = at + OGG_PAGE + len(lengths) + sum(lengths)
        begins = bool(header[5] & OGG_BEGINS)
        yield Piece(at, end, is_beginning=begins and not is_beginning and at > 0)
        at, is_beginning = end, begins


def read_at(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)
