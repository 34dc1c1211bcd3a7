"""How every file is opened, and how its packets are read."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer, OutputContainer

from video_app.pipeline.command import FORMAT_WHITELIST, MAX_PIXELS, PROTOCOL_WHITELIST
from video_app.pipeline.location import is_url, open_binary

OPTIONS = {
    "format_whitelist": FORMAT_WHITELIST,
    "protocol_whitelist": PROTOCOL_WHITELIST,
    "probesize": "20000000",
    # In microseconds. As much of the film as so many bytes hold: streams may begin late.
    "analyzeduration": "36000000000",
    "max_pixels": str(MAX_PIXELS),
    # Streams of a recording that get other numbers on the way are still the same ones.
    "merge_pmt_versions": "1",
}


@contextmanager
def open_media(file: Any) -> Iterator[InputContainer]:
    """A container for reading, from a location or from a readable and seekable object."""
    with ExitStack() as stack:
        if is_url(file):  # libavformat itself opens no network connection in this program
            file = stack.enter_context(open_binary(file))
        name = f"file:{file}" if isinstance(file, str) else file
        yield stack.enter_context(av.open(name, options=OPTIONS, metadata_errors="replace"))


# What files of a kind are joined in holds whatever they hold.
MUXERS = {kind: kind for kind in ("asf", "flv", "matroska", "mov", "mpegts")} | {"ogg": "matroska"}


def create_media(path: str, like: InputContainer) -> OutputContainer:
    """A file of ours to write into, in a container that holds what `like` may hold."""
    kind = next(kind for kind in MUXERS if like.format.name.startswith(kind))
    return av.open(f"file:{path}", "w", format=MUXERS[kind])


def packets(container: InputContainer, streams: list[Any]) -> Iterator[tuple[int, Any]]:
    """The packets of some streams from where the container stands, with their stream's number.

    The last ones are empty and drain the decoders; they themselves carry the number 0.
    Ends where the file cannot be read on.
    """
    if not streams:
        return
    reader = container.demux(streams)
    while True:
        try:
            packet = next(reader)
        # PyAV cannot drain streams that appeared on the way, which come last.
        except (StopIteration, av.FFmpegError, IndexError):
            return
        yield packet.stream.index, packet


def decode(packet: Any) -> tuple[list[Any], bool]:
    """The frames of a packet, and whether it was decoded without an error."""
    try:
        return packet.decode(), True
    except av.EOFError:  # drained before
        return [], True
    except av.FFmpegError:
        return [], False


def drain(stream: Any) -> list[Any]:
    """The frames that a decoder holds back; it decodes nothing more before the next seek."""
    try:
        frames: list[Any] = stream.codec_context.decode(None)
    except av.FFmpegError:
        return []
    return frames


def packet_time(packet: Any, origin: Fraction) -> Fraction | None:
    """When a packet is shown; none for those that only drain a decoder."""
    stamp = packet.pts if packet.pts is not None else packet.dts
    if stamp is None or not packet.time_base:
        return None
    return Fraction(stamp * packet.time_base - origin)
