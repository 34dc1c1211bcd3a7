"""Reading our own transport stream segments: proof that an encode did what was planned.

ISO/IEC 13818-1. ffmpeg's exit code proves nothing: it is 0 on a full disk.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

PACKET = 188
SYNC = 0x47
PAT_PID = 0
FIRST_PID = 0x100  # ffmpeg numbers its streams from here, pictures first
CLOCK = 90_000  # ticks per second of a time stamp
ADTS_HEADER = 7


class BrokenSegmentError(ValueError):
    """Not a whole transport stream."""


@dataclass(slots=True)
class Segment:
    """What a segment holds. Time stamps are 90 kHz ticks, offsets and sizes bytes."""

    size: int
    crc32: int = 0
    pictures: int = 0
    first_pts: int | None = None
    sound_frames: int = 0
    first_sound_pts: int | None = None
    starts_with_key: bool = False
    # From the PAT before each key picture to the end of its last packet.
    iframes: list[tuple[int, int]] = field(default_factory=list)


def read_segment(content: bytes, *, has_pictures: bool = True) -> Segment:
    """Measure one segment; `BrokenSegmentError` when it is cut or damaged."""
    if not content or len(content) % PACKET or content[0] != SYNC:
        raise BrokenSegmentError(f"{len(content)} bytes are no transport stream")
    return _Reader(content, has_pictures=has_pictures).read()


class _Reader:
    """One pass over a segment's packets."""

    def __init__(self, content: bytes, *, has_pictures: bool) -> None:
        self.content = content
        self.video_pid = FIRST_PID if has_pictures else -1
        self.audio_pid = FIRST_PID + has_pictures
        self.segment = Segment(size=len(content), crc32=zlib.crc32(content))
        self.sound = bytearray()
        self.pat_at = 0
        self.key_at: int | None = None  # where the range of the running key picture begins
        self.key_end = 0

    def read(self) -> Segment:
        content = self.content
        for at in range(0, len(content), PACKET):
            pid = (content[at + 1] & 0x1F) << 8 | content[at + 2]
            if pid == self.video_pid:
                self._video(at)
            elif pid == self.audio_pid:
                self._audio(at)
            elif pid == PAT_PID:
                self.pat_at = at
        self._end_picture()
        self.segment.sound_frames = sum(1 for _ in adts_frames(bytes(self.sound)))
        return self.segment

    def _video(self, at: int) -> None:
        if _starts_unit(self.content, at):
            self._end_picture()
            is_key = _is_random_access(self.content, at)
            self.key_at = self.pat_at if is_key else None
            self._count(_pts(self.content, at), is_key=is_key)
        self.key_end = at + PACKET

    def _end_picture(self) -> None:
        if self.key_at is not None:
            self.segment.iframes.append((self.key_at, self.key_end - self.key_at))

    def _count(self, pts: int, *, is_key: bool) -> None:
        segment = self.segment
        if segment.first_pts is None:
            segment.first_pts, segment.starts_with_key = pts, is_key
        segment.first_pts = min(segment.first_pts, pts)
        segment.pictures += 1

    def _audio(self, at: int) -> None:
        starts = _starts_unit(self.content, at)
        if starts and self.segment.first_sound_pts is None:
            self.segment.first_sound_pts = _pts(self.content, at)
        self.sound += _payload(self.content, at, starts=starts)


def _starts_unit(content: bytes, at: int) -> bool:
    return bool(content[at + 1] & 0x40)


def _is_random_access(content: bytes, at: int) -> bool:
    has_adaptation = content[at + 3] & 0x20 and content[at + 4] > 0
    return bool(has_adaptation and content[at + 5] & 0x40)


def _payload_start(content: bytes, at: int) -> int:
    return at + 4 + (1 + content[at + 4] if content[at + 3] & 0x20 else 0)


def _pts(content: bytes, at: int) -> int:
    """The presentation time stamp of the PES packet that starts in this TS packet."""
    pes = _payload_start(content, at)
    if content[pes : pes + 3] != b"\x00\x00\x01" or not content[pes + 7] & 0x80:
        raise BrokenSegmentError("a picture or sound without a time stamp")
    stamp = content[pes + 9 : pes + 14]
    return (
        (stamp[0] & 0x0E) << 29
        | stamp[1] << 22
        | (stamp[2] & 0xFE) << 14
        | stamp[3] << 7
        | stamp[4] >> 1
    )


def _payload(content: bytes, at: int, *, starts: bool) -> bytes:
    """A TS packet's share of the elementary stream."""
    begin = _payload_start(content, at)
    if starts:
        begin += 9 + content[begin + 8]
    return content[begin : at + PACKET]


def adts_frames(stream: bytes) -> Iterator[tuple[int, int]]:
    """`(offset, length)` of each AAC frame (ISO/IEC 13818-7, 6.2)."""
    at = 0
    while at + ADTS_HEADER <= len(stream):
        if stream[at] != 0xFF or stream[at + 1] & 0xF6 != 0xF0:
            raise BrokenSegmentError("sound frames do not abut")
        length = (stream[at + 3] & 0x03) << 11 | stream[at + 4] << 3 | stream[at + 5] >> 5
        yield at, length
        at += max(length, ADTS_HEADER)
