"""Where a transport stream begins to carry its picture in another program.

Recordings that were joined with `cat` change their tables in the middle (ISO/IEC 13818-1,
2.4.4). Readers follow a program that gives its picture a new number, or a picture that stays
while its table moves, but not both: such a file is read as several, which are joined.
"""

from collections.abc import Iterator
from typing import BinaryIO

from video_app.pipeline.transport import PAT_PID, SYNC

# Plain, with a time code before each packet (Blu-ray), with a checksum behind it (DVB).
LAYOUTS = ((188, 0), (192, 4), (204, 0))
PACKET = 188
PICTURES = {0x01, 0x02, 0x10, 0x1B, 0x21, 0x24, 0x33, 0x42, 0xD1, 0xEA}  # ibid., table 2-34
# Tables come ten times a second, in the worst recordings twice.
TABLES_WITHIN = 4 * 2**20
BLOCK = 1024  # packets
LOOKS = 32
MAX_CHANGES = 20


def find_changes(file: BinaryIO, size: int) -> list[int]:
    """Offsets in bytes at which all pictures and their tables have new numbers.

    None for other containers.
    """
    layout = _layout(file)
    if layout is None:
        return []
    reader = _Reader(file, size, *layout)
    changes: list[int] = []
    places = [size * look // LOOKS for look in range(LOOKS)]
    known = reader.pictures(0)
    for low, high in zip(places, [*places[1:], size - TABLES_WITHIN // 4], strict=True):
        found = reader.pictures(max(low, high))
        if known and found and not known & found:
            changes.append(reader.first_change(low, max(low, high), known))
        known = found or known
    return changes[:MAX_CHANGES]


def _layout(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(0)
    head = file.read(8 * max(length for length, _ in LAYOUTS))
    for length, lead in LAYOUTS:
        marks = head[lead::length]
        if len(marks) >= 8 and set(marks[:8]) == {SYNC}:
            return length, lead
    return None


class _Reader:
    """A transport stream in packets of `length` bytes, the standard's after `lead` of them."""

    def __init__(self, file: BinaryIO, size: int, length: int, lead: int) -> None:
        self._file, self._size = file, size
        self._length, self._lead = length, lead

    def pictures(self, offset: int) -> frozenset[int]:
        """The numbers of all pictures, and of their tables, in the first tables behind `offset`."""
        tables: set[int] = set()
        numbers: set[int] = set()
        missing: set[int] = set()
        for _, packet in self._packets(offset):
            pid = _pid(packet)
            if pid == PAT_PID and not tables:
                tables = missing = _programs(packet)
            elif pid in missing and (section := _section(packet)):
                found = _picture_numbers(section)
                numbers |= found | {pid} if found else found
                missing = missing - {pid}
            if tables and not missing:
                break
        return frozenset(numbers)

    def first_change(self, low: int, high: int, known: frozenset[int]) -> int:
        """The first table between two offsets after which no number is a known one."""
        while high - low > 64 * self._length:
            middle = (low + high) // 2
            if (found := self.pictures(middle)) and not found & known:
                high = middle
            else:
                low = middle
        return next((at for at, packet in self._packets(high) if _pid(packet) == PAT_PID), high)

    def _packets(self, offset: int) -> Iterator[tuple[int, bytes]]:
        at = offset - offset % self._length
        end = min(self._size, at + TABLES_WITHIN)
        while at < end:
            self._file.seek(at)
            block = self._file.read(BLOCK * self._length)
            for start in range(0, len(block) - self._length + 1, self._length):
                packet = block[start + self._lead : start + self._lead + PACKET]
                if packet[0] == SYNC and packet[1] & 0x40:  # where a table begins
                    yield at + start, packet
            at += BLOCK * self._length


def _pid(packet: bytes) -> int:
    return (packet[1] & 0x1F) << 8 | packet[2]


def _section(packet: bytes) -> bytes:
    """A table, without what precedes it in its packet; only what the packet holds of it."""
    start = 5 + packet[4] if packet[3] & 0x20 else 4
    start += 1 + packet[start] if start < PACKET else 0
    section = packet[start:]
    length = (section[1] & 0x0F) << 8 | section[2] if len(section) > 2 else 0
    return section[: max(0, 3 + length - 4)]  # without its checksum


def _programs(packet: bytes) -> set[int]:
    """The numbers of the packets in which the programs' tables come."""
    section = _section(packet)
    entries = (section[at : at + 4] for at in range(8, len(section) - 3, 4))
    return {(entry[2] & 0x1F) << 8 | entry[3] for entry in entries if entry[:2] != b"\0\0"}


def _picture_numbers(section: bytes) -> set[int]:
    numbers, at = set(), 12 + ((section[10] & 0x0F) << 8 | section[11]) if len(section) > 12 else 0
    while at and at + 5 <= len(section):
        if section[at] in PICTURES:
            numbers.add((section[at + 1] & 0x1F) << 8 | section[at + 2])
        at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])
    return numbers
