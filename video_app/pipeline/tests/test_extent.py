"""What the sizes in a file say, without a film."""

import struct
from pathlib import Path

import pytest

from video_app.pipeline.extent import read_extent
from video_app.pipeline.pieces import ASF_HEADER


def box(name: bytes, content: bytes = b"", size: int | None = None) -> bytes:
    return struct.pack(">I", len(content) + 8 if size is None else size) + name + content


def ebml(name: bytes, content: bytes, size: int | None = None) -> bytes:
    length = len(content) if size is None else size
    return name + struct.pack(">Q", 1 << 56 | length) + content


def tag(content: bytes) -> bytes:
    header = b"\x09" + len(content).to_bytes(3, "big") + bytes(7)
    return header + content + (len(content) + 11).to_bytes(4, "big")


def asf(content: bytes, size: int | None = None) -> bytes:
    head = ASF_HEADER + struct.pack("<Q", 24)
    length = len(content) + 24 if size is None else size
    return head + bytes(15) + b"\x01" + struct.pack("<Q", length) + content


FTYP, MOOV = box(b"ftyp", b"isom"), box(b"moov", b"index")
MP4 = FTYP + MOOV + box(b"mdat", b"pictures")
HEAD, SEGMENT = ebml(b"\x1a\x45\xdf\xa3", b"matroska"), b"\x18\x53\x80\x67"
MKV = HEAD + ebml(SEGMENT, b"clusters")
FLV = b"FLV\x01\x05\x00\x00\x00\x09" + bytes(4) + tag(b"one") + tag(b"two")


def page(flags: int, content: bytes) -> bytes:
    return b"OggS\0" + bytes([flags]) + bytes(20) + bytes([1, len(content)]) + content


OGG = page(2, b"theora") + page(2, b"vorbis") + page(0, b"tables") + page(4, b"pictures")
RIFF = b"RIFF" + struct.pack("<I", 8) + b"AVI data"
WMV = asf(b"packets")
WHOLE = {"mp4": MP4, "mkv": MKV, "flv": FLV, "avi": RIFF, "wmv": WMV, "ogg": OGG}


def extent(folder: Path, content: bytes) -> tuple[int, bool]:
    path = folder / "film"
    path.write_bytes(content)
    found = read_extent(path)
    assert found.parts[0][0] == 0
    assert found.parts[-1][1] == len(content)
    return len(found.parts), found.is_cut_off


@pytest.mark.parametrize("kind", WHOLE)
def test_finds_nothing_missing_in_whole_file(tmp_path, kind):
    assert extent(tmp_path, WHOLE[kind]) == (1, False)


@pytest.mark.parametrize("kind", WHOLE)
def test_finds_missing_bytes(tmp_path, kind):
    assert extent(tmp_path, WHOLE[kind][:-5])[1]


@pytest.mark.parametrize("kind", ["mp4", "mkv", "flv", "wmv", "ogg"])
def test_finds_appended_files(tmp_path, kind):
    assert extent(tmp_path, WHOLE[kind] * 3) == (3, False)


def test_finds_missing_bytes_of_last_appended_file(tmp_path):
    assert extent(tmp_path, MP4 + MP4[:-5]) == (2, True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no film at all",
        HEAD + SEGMENT + b"\x01" + b"\xff" * 7 + b"of unknown length",
        HEAD + SEGMENT,
        b"RIFF" + b"\xff" * 4 + b"AVI of unknown length",
        MP4 + b"\x00\x00",
        MP4 + bytes(64),
        FTYP + MOOV + box(b"mdat", b"to the end", size=0),
        FTYP + box(b"free", b"x", size=3),
        MOOV + FTYP[:4],
        FTYP + MOOV + box(b"styp") + box(b"moof") + box(b"mdat") + box(b"styp"),
        FLV + b"rubbish that is no tag",
        asf(b"live", size=0),
    ],
)
def test_finds_one_whole_file_where_no_size_says_otherwise(tmp_path, content):
    if content:
        assert extent(tmp_path, content) == (1, False)
    else:
        path = tmp_path / "film"
        path.touch()
        assert not read_extent(path).is_cut_off


def test_finds_room_that_was_reserved_and_never_filled(tmp_path):
    assert extent(tmp_path, ebml(SEGMENT, b"x" * 10_000) + bytes(10_000))[1]


def test_reads_large_sizes(tmp_path):
    large = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 24) + b"pictures"
    assert extent(tmp_path, FTYP + MOOV + large) == (1, False)
    assert extent(tmp_path, FTYP + MOOV + large[:-1])[1]


def table(pid: int, section: bytes) -> bytes:
    """A packet of a transport stream with a table of it, without a right checksum."""
    content = bytes([0]) + section
    return bytes([0x47, 0x40 | pid >> 8, pid & 0xFF, 0x10]) + content.ljust(184, b"\xff")


def broadcast(pictures: int, program: int, packets: int = 2000) -> bytes:
    """Tables with a picture and a program under these numbers, then what is no table."""
    head = bytes([0, 1, 0xC1, 0, 0])
    pat = (
        bytes([0, 0xB0, 13]) + head + bytes([0, 1, 0xE0 | program >> 8, program & 0xFF]) + bytes(4)
    )
    stream = bytes([0x1B, 0xE0 | pictures >> 8, pictures & 0xFF, 0xF0, 0])
    pmt = bytes([2, 0xB0, 18]) + head + bytes([0xE1, 0, 0xF0, 0]) + stream + bytes(4)
    rest = bytes([0x47, pictures >> 8, pictures & 0xFF, 0x10]) + bytes(184)
    return table(0, pat) + table(program, pmt) + rest * packets


def test_finds_where_another_program_begins(tmp_path):
    first, second = broadcast(0x111, 0x100), broadcast(0x222, 0x200)
    path = tmp_path / "film.ts"
    path.write_bytes(first * 40 + second * 70 + first * 40)
    starts = [start for start, _ in read_extent(path).parts]
    assert starts == [0, 40 * len(first), 110 * len(first)]


@pytest.mark.parametrize("numbers", [(0x111, 0x100), (0x222, 0x100), (0x111, 0x200)])
def test_finds_one_part_where_readers_follow(tmp_path, numbers):
    content = broadcast(0x111, 0x100) * 30 + broadcast(*numbers) * 30
    assert extent(tmp_path, content) == (1, False)


@pytest.mark.parametrize("content", [b"\x47" * 188 * 50, (b"\x47\x40" + bytes(186)) * 50])
def test_survives_broadcast_without_sense(tmp_path, content):
    assert extent(tmp_path, content) == (1, False)
