"""A program of its own: open an untrusted file and print what it is as JSON.

`python -m video_app.pipeline.probe_child PATH` runs under resource limits (see
`ffmpeg.run`), because a demuxer is the first thing that a hostile file meets.
Prints `{"error": reason}` when the file cannot be opened.
"""

import json
import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer

from video_app.pipeline.command import FORMAT_WHITELIST, PROTOCOL_WHITELIST

OPTIONS = {
    "format_whitelist": FORMAT_WHITELIST,
    "protocol_whitelist": PROTOCOL_WHITELIST,
    "probesize": "20000000",
    "analyzeduration": "20000000",
}
TAIL_SECONDS = 15
# A tail that ends this close to the stated duration proves the whole file is there.
TAIL_TOLERANCE = Fraction(1)


def main(path: str) -> None:
    try:
        with av.open(f"file:{path}", options=OPTIONS) as container:
            facts = describe(container)
    except (av.FFmpegError, OSError) as error:
        facts = {"error": type(error).__name__}
    json.dump(facts, sys.stdout)


def describe(container: InputContainer) -> dict[str, Any]:
    """The container's facts; times are strings of fractions of seconds from its start."""
    origin = Fraction(container.start_time or 0, av.time_base)
    stated = Fraction(container.duration or 0, av.time_base)
    streams = [_stream(stream, origin) for stream in container.streams]
    chosen = best_video(streams)
    frame = _first_frame(container, chosen) if chosen else None
    ends = _ends(container, origin, stated)
    for stream in streams:
        stream["end"] = str(ends.get(stream["index"], Fraction(0)))
    return {
        "container": container.format.name,
        "size": container.size,
        "stated_duration": str(stated),
        "streams": streams,
        "chosen": chosen and chosen["index"],
        "frame": frame,
    }


def _stream(stream: Any, origin: Fraction) -> dict[str, Any]:
    facts = {
        "index": stream.index,
        "type": stream.type,
        "codec": stream.codec_context.name if stream.codec_context else "",
        "start": str((stream.start_time or 0) * stream.time_base - origin),
        "language": stream.metadata.get("language", "und"),
        "title": stream.metadata.get("title", ""),
        "is_default": bool(stream.disposition & stream.disposition.default),
        "is_picture": bool(stream.disposition & stream.disposition.attached_pic),
    }
    if stream.type == "video":
        facts |= {
            "width": stream.codec_context.width,
            "height": stream.codec_context.height,
            "sample_aspect": str(stream.sample_aspect_ratio or 1),
            "average_rate": str(stream.average_rate or 0),
            "base_rate": str(stream.base_rate or 0),
        }
    if stream.type == "audio":
        facts |= {
            "channels": stream.codec_context.channels,
            "sample_rate": stream.codec_context.sample_rate,
        }
    return facts


def best_video(streams: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The picture stream people mean: the default one, else the largest, never a cover."""
    return max(
        (s for s in streams if s["type"] == "video" and not s["is_picture"] and s["width"]),
        key=lambda s: (s["is_default"], s["width"] * s["height"], -s["index"]),
        default=None,
    )


def _first_frame(container: InputContainer, chosen: dict[str, Any]) -> dict[str, Any] | None:
    """What only a decoded picture tells; none when nothing decodes."""
    stream = container.streams[chosen["index"]]
    try:
        frame: Any = next(iter(container.decode(stream)), None)
    except av.FFmpegError:
        return None
    if frame is None:
        return None
    return {
        "width": frame.width,
        "height": frame.height,
        "rotation": frame.rotation,
        "is_interlaced": bool(frame.interlaced_frame),
        "transfer": int(frame.color_trc),
    }


def _ends(container: InputContainer, origin: Fraction, stated: Fraction) -> dict[int, Fraction]:
    """Where each stream really ends. Headers lie, so packets are looked at: those of the
    tail when they confirm the stated duration, else all of them."""
    if stated > TAIL_SECONDS:
        try:
            container.seek(int((origin + stated - TAIL_SECONDS) * av.time_base))
            ends = _scan(container, origin)
        except av.FFmpegError:
            ends = {}
        if ends and max(ends.values()) >= stated - TAIL_TOLERANCE:
            return ends | {
                stream.index: _stated_end(stream, origin)
                for stream in container.streams
                if stream.index not in ends
            }
    container.seek(0, backward=True, any_frame=True)
    return _scan(container, origin)


def _stated_end(stream: Any, origin: Fraction) -> Fraction:
    if not stream.duration or not stream.time_base:
        return Fraction(0)
    return Fraction(((stream.start_time or 0) + stream.duration) * stream.time_base - origin)


def _scan(container: InputContainer, origin: Fraction) -> dict[int, Fraction]:
    ends: dict[int, Fraction] = {}
    try:
        for packet in container.demux():
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None or not packet.time_base:
                continue
            end = (stamp + (packet.duration or 0)) * packet.time_base - origin
            index = packet.stream_index
            ends[index] = max(ends.get(index, Fraction(0)), end)
    except av.FFmpegError:
        pass  # what was read until the damage is what there is
    return ends


if __name__ == "__main__":
    main(sys.argv[1])
