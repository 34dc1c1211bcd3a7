"""A program of its own: open an untrusted file and print what it is as JSON.

`python -m video_app.pipeline.probe_child PATH` runs under resource limits (see
`ffmpeg.run`), because a demuxer is the first thing that a hostile file meets.
Prints `{"error": reason}` when the file cannot be opened. With `deaf` as a second
argument it looks at no sound: PyAV 18.1 corrupts its memory over some channel layouts.
"""

import json
import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from video_app.pipeline.command import FORMAT_WHITELIST, MAX_PIXELS, PROTOCOL_WHITELIST
from video_app.pipeline.probe import DEAF

OPTIONS = {
    "format_whitelist": FORMAT_WHITELIST,
    "protocol_whitelist": PROTOCOL_WHITELIST,
    "probesize": "20000000",
    "analyzeduration": "20000000",
    "max_pixels": str(MAX_PIXELS),
}
TAIL_SECONDS = 15
# A tail that ends this close to the stated duration proves the whole file is there.
TAIL_TOLERANCE = Fraction(1)
# A recording may start between key frames; this many packets without a picture are no film.
FIRST_PACKETS = 500
FIRST_FRAMES = 4
TEXT_LENGTH = 100
UNKNOWN_SIZES = (bytes(4), b"\xff" * 4)
# Where recordings are asked whether their sound is still the same, as it is not in their
# advertisements; and the packets that are read for an answer.
SOUND_CHECKS = 24
SOUND_PACKETS = 300
# Of sound that was not looked at: only that there is some.
UNKNOWN_CHANNELS = 2


def main(path: str, mode: str = "") -> None:
    try:
        facts = describe(path, is_deaf=mode == DEAF)
    except (av.FFmpegError, OSError) as error:
        facts = {"error": type(error).__name__}
    json.dump(facts, sys.stdout)


def describe(path: str, *, is_deaf: bool = False) -> dict[str, Any]:
    """The container's facts; times are strings of fractions of seconds from its start."""
    with _open(path) as container:
        origin = Fraction(container.start_time or 0, av.time_base)
        has_index = not _is_unfinished_riff(path)
        stated = Fraction(container.duration or 0, av.time_base) * has_index
        sounds = [s for s in container.streams.audio if s.codec_context and not is_deaf]
        streams = [_stream(stream, origin) for stream in container.streams]
        for sound in sounds:
            streams[sound.index]["channels"] = sound.codec_context.channels
        chosen = best_video(streams)
        first = _first_frames(container, chosen, sounds)
        ends = _tail_ends(container, origin, stated) or _whole_ends(path, origin)
        for stream in streams:
            stream["end"] = str(ends.get(stream["index"], Fraction(0)))
        return {
            "container": container.format.name,
            "size": container.size,
            "start": str(origin),
            "stated_duration": str(stated),
            "streams": streams,
            "chosen": chosen and chosen["index"],
            "frame": _picture(first.get(chosen["index"], [])) if chosen else None,
            "sounds": {
                index: grid for index in first if (grid := _sound_grid(first[index], origin))
            },
            "has_index": has_index,
            "has_steady_sound": _has_steady_sound(container, sounds, first, origin, stated),
        }


def _open(path: str) -> InputContainer:
    return av.open(f"file:{path}", options=OPTIONS, metadata_errors="replace")


def _is_unfinished_riff(path: str) -> bool:
    """Whether an AVI was written to a pipe or never ended: it has no index, and the lengths
    in its header are guesses."""
    with Path(path).open("rb") as file:
        head = file.read(8)
    return head[:4] == b"RIFF" and head[4:] in UNKNOWN_SIZES


def _stream(stream: Any, origin: Fraction) -> dict[str, Any]:
    codec = stream.codec_context  # none without a decoder
    facts = {
        "index": stream.index,
        "type": stream.type if codec else "unknown",
        "codec": codec.name if codec else "",
        "start": str(_seconds(stream, stream.start_time, origin)),
        "language": stream.metadata.get("language", "und")[:TEXT_LENGTH],
        "title": stream.metadata.get("title", "")[:TEXT_LENGTH],
        "is_default": bool(stream.disposition & stream.disposition.default),
        "is_picture": bool(stream.disposition & stream.disposition.attached_pic),
    }
    if facts["type"] == "video":
        facts |= {
            "width": codec.width,
            "height": codec.height,
            "sample_aspect": str(stream.sample_aspect_ratio or 1),
            "average_rate": str(stream.average_rate or 0),
            "base_rate": str(stream.base_rate or 0),
        }
    if facts["type"] == "audio":
        facts |= {"channels": UNKNOWN_CHANNELS, "sample_rate": codec.sample_rate}
    return facts


def _seconds(stream: Any, stamp: int | None, origin: Fraction) -> Fraction:
    """A stream's time stamp on the container's own clock; unknown ones are its start."""
    return Fraction(0) if stamp is None else stamp * stream.time_base - origin


def best_video(streams: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The picture stream people mean: the default one, else the largest, never a cover."""
    return max(
        (s for s in streams if s["type"] == "video" and not s["is_picture"] and s["width"]),
        key=lambda s: (s["is_default"], s["width"] * s["height"], -s["index"]),
        default=None,
    )


def _first_frames(
    container: InputContainer, chosen: dict[str, Any] | None, sounds: list[Any]
) -> dict[int, list[Any]]:
    """The first frames of the chosen picture stream and of the sound streams that decode."""
    streams = [*sounds]
    if chosen and chosen["width"] * chosen["height"] <= MAX_PIXELS:
        streams.append(container.streams[chosen["index"]])
    for stream in streams:
        stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        # A few frames; with a thread per core, stacks and heaps alone would fill the limit.
        stream.codec_context.thread_count = 1
    frames: dict[int, list[Any]] = {stream.index: [] for stream in streams}
    packets = container.demux(streams)
    for _ in range(FIRST_PACKETS if streams else 0):
        try:
            packet = next(packets)
            if len(frames[packet.stream_index]) < FIRST_FRAMES:
                frames[packet.stream_index] += packet.decode()
        except StopIteration:
            break
        except av.FFmpegError:
            continue
        if all(len(found) >= FIRST_FRAMES for found in frames.values()):
            break
    return frames


def _picture(frames: list[Any]) -> dict[str, Any] | None:
    """What only decoded pictures tell; none when nothing decodes."""
    if not frames:
        return None
    return {
        "width": frames[0].width,
        "height": frames[0].height,
        "rotation": frames[0].rotation,
        "is_interlaced": any(frame.interlaced_frame for frame in frames),
        "transfer": int(frames[0].color_trc),
        "matrix": int(frames[0].colorspace),
        "range": int(frames[0].color_range),
        "format": frames[0].format.name,
    }


def _sound_grid(frames: list[Any], origin: Fraction) -> dict[str, Any] | None:
    """Where frames of one length lie; none when there are not enough or they vary."""
    # The first one may have lost the encoder's padding.
    lengths = {frame.samples for frame in frames[1:] if isinstance(frame, av.AudioFrame)}
    if len(lengths) != 1 or frames[1].pts is None:
        return None
    return {
        "samples": lengths.pop(),
        "start": str(frames[1].pts * frames[1].time_base - origin),
    }


def _has_steady_sound(
    container: InputContainer,
    streams: list[Any],
    first: dict[int, list[Any]],
    origin: Fraction,
    stated: Fraction,
) -> bool:
    """Whether sound has one rate and one layout, as far as a few looks can tell."""
    kinds = {stream.index: {_kind(f) for f in first[stream.index]} for stream in streams}
    for number in range(1, SOUND_CHECKS if streams else 1):
        try:
            container.seek(int((origin + stated * number / SOUND_CHECKS) * av.time_base))
            for index, frame in _next_sounds(container, streams).items():
                kinds[index].add(_kind(frame))
        except av.FFmpegError:
            continue
    return all(len(found) <= 1 for found in kinds.values())


def _kind(sound: Any) -> tuple[int, str]:
    return sound.sample_rate, sound.layout.name


def _next_sounds(container: InputContainer, streams: list[Any]) -> dict[int, Any]:
    """A frame of each of some sound streams, from where the container stands."""
    frames: dict[int, Any] = {}
    for packet, _ in zip(container.demux(streams), range(SOUND_PACKETS), strict=False):
        if packet.stream_index not in frames and (decoded := packet.decode()):
            frames[packet.stream_index] = decoded[0]
        if len(frames) == len(streams):
            break
    return frames


def _tail_ends(
    container: InputContainer, origin: Fraction, stated: Fraction
) -> dict[int, Fraction]:
    """Where each stream ends when the packets of the tail confirm the stated duration.

    Headers lie, but a look at every packet of a long film takes a minute.
    """
    if stated <= TAIL_SECONDS:
        return {}
    try:
        container.seek(int((origin + stated - TAIL_SECONDS) * av.time_base))
    except av.FFmpegError:
        return {}
    ends = _scan(container, origin)
    if not ends or max(ends.values()) < stated - TAIL_TOLERANCE:
        return {}
    earlier = {s.index: _stated_end(s, origin, stated) for s in container.streams}
    return earlier | ends


def _whole_ends(path: str, origin: Fraction) -> dict[int, Fraction]:
    with _open(path) as container:
        return _scan(container, origin)


def _stated_end(stream: Any, origin: Fraction, stated: Fraction) -> Fraction:
    """The end of a stream without a packet in the tail; the film's when nobody knows."""
    if stream.duration and stream.time_base:
        return _seconds(stream, (stream.start_time or 0) + stream.duration, origin)
    return stated


def _scan(container: InputContainer, origin: Fraction) -> dict[int, Fraction]:
    """The end of the last packet of each stream, from where the container stands."""
    last: dict[int, tuple[Fraction, Fraction]] = {}
    try:
        for packet in container.demux():
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None or not packet.time_base or packet.is_discard:
                continue
            # Durations in an MP4 lead to the next packet in decoding order: only that of
            # the packet shown last counts.
            start = stamp * packet.time_base - origin
            length = (packet.duration or 0) * packet.time_base or _frame_seconds(packet.stream)
            last[packet.stream_index] = max(
                last.get(packet.stream_index, (start, length)), (start, length)
            )
    except av.FFmpegError:
        pass  # what was read until the damage is what there is
    return {index: start + length for index, (start, length) in last.items()}


def _frame_seconds(stream: Any) -> Fraction:
    rate = stream.average_rate if stream.type == "video" else None
    return 1 / rate if rate else Fraction(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
