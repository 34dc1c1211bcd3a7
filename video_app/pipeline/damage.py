"""Telling a recording that was damaged from one that was cut: both have jumps in their clock."""

from video_app.pipeline.location import Location, open_binary, size
from video_app.pipeline.transport import SYNC

# Bytes from one packet to the next: plain, with a time code (Blu-ray), with a checksum (DVB).
STRIDES = (188, 192, 204)
PACKETS = 4
BLOCK = (PACKETS + 1) * STRIDES[-1]
LOOKS = 1000


def broken_share(location: Location) -> float:
    """The share of a transport stream in which no packets can be found."""
    last = max(0, size(location) - BLOCK)
    with open_binary(location) as file:
        broken = 0
        for look in range(LOOKS):
            file.seek(last * look // LOOKS)
            broken += not _has_packets(file.read(BLOCK))
    return broken / LOOKS


def _has_packets(block: bytes) -> bool:
    return any(
        set(block[at : at + PACKETS * stride : stride]) == {SYNC}
        for stride in STRIDES
        for at in range(stride)
    )
