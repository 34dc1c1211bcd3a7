"""One correction of our own Matroska copies, which ffmpeg's muxer has no option for."""

import re
from pathlib import Path

HEAD = 65536
# RFC 9559, 5.1: Tracks with a checksum (CRC-32), then the first TrackEntry.
TRACKS = re.compile(
    rb"\x16\x54\xae\x6b(?:[\x81-\xfe]|[\x40-\x7f].)(?P<checksum>\xbf\x84.{4})"
    rb"\xae\x01(?P<length>.{7})",
    re.DOTALL,
)
# Its Video element, which begins with PixelWidth and PixelHeight.
VIDEO = re.compile(rb"\xe0(?P<length>[\x81-\xf0])(?=\xb0[\x81\x82]..?\xba[\x81\x82])", re.DOTALL)
DISPLAY_UNIT = b"\x54\xb2\x81"
UNKNOWN_UNIT = DISPLAY_UNIT + b"\x04"
VOID = b"\xec"


def leave_aspect_to_pictures(path: Path) -> None:
    """Make the first track, which is the picture, say nothing about its pixels' aspect.

    The muxer writes the first picture's, which then overrules those of all others: a
    broadcast that goes from 16:9 to 4:3 would be stretched. Lengths and places of
    everything else stay as they are.
    """
    with path.open("r+b") as file:
        head = file.read(HEAD)
        tracks = TRACKS.search(head)
        video = VIDEO.search(head, tracks.end()) if tracks else None
        if not tracks or not video:
            return
        file.seek(tracks.start("checksum"))
        file.write(_corrected(head, tracks, video))


def _corrected(head: bytes, tracks: re.Match[bytes], video: re.Match[bytes]) -> bytes:
    """What stands between the checksum, which would be wrong, and the Video's end."""
    length = video["length"][0] & 0x7F
    content = head[video.end() : video.end() + length]
    before = head[tracks.end() : video.start()]
    if DISPLAY_UNIT in content:
        at = content.index(DISPLAY_UNIT)
        content = content[:at] + UNKNOWN_UNIT + content[at + len(UNKNOWN_UNIT) :]
        return _element(tracks, VOID + b"\x84" + bytes(4), 0) + before + _video(content)
    # The checksum's six bytes make room for four more in the Video.
    return _element(tracks, VOID + b"\x80", 4) + before + _video(UNKNOWN_UNIT + content)


def _element(tracks: re.Match[bytes], void: bytes, more: int) -> bytes:
    length = int.from_bytes(tracks["length"], "big") + more
    return void + b"\xae\x01" + length.to_bytes(7, "big")


def _video(content: bytes) -> bytes:
    return b"\xe0" + bytes([0x80 | len(content)]) + content
