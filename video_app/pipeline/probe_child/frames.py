"""The first frames of a picture and of sounds, which tell more than the container."""

from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer

from video_app.pipeline.command import MAX_PIXELS
from video_app.pipeline.probe_child.containers import decode, packets

# A recording may start between key frames; this many packets without a picture are no film.
PICTURE_PACKETS = 500
# How far sounds are waited for when the picture is known.
FURTHER_PACKETS = 500
FIRST_FRAMES = 4


def prepare(streams: list[Any]) -> None:
    """Set up the decoders of streams that will be looked at."""
    for stream in streams:
        # Nobody looks at the pixels.
        options = {"max_pixels": str(MAX_PIXELS), "skip_loop_filter": "all", "skip_idct": "all"}
        stream.codec_context.options = options
        # A few frames; with a thread per core, stacks and heaps alone would fill the limit.
        stream.codec_context.thread_count = 1


def first_frames(
    container: InputContainer, picture: Any | None, sounds: list[Any]
) -> dict[int, list[Any]]:
    """The first frames of a picture stream and of some sounds, by their numbers.

    The picture may begin late or be the only one, so only its own packets count until it
    is there.
    """
    streams = [*sounds, *([picture] if picture else [])]
    frames: dict[int, list[Any]] = {stream.index: [] for stream in streams}
    left = {True: PICTURE_PACKETS, False: FURTHER_PACKETS}
    for index, packet in packets(container, streams):
        if len(frames[index]) < FIRST_FRAMES:
            frames[index] += decode(packet)[0]
        is_own = picture is not None and index == picture.index
        is_awaited = picture is not None and len(frames[picture.index]) < FIRST_FRAMES
        if is_own or not is_awaited:
            left[is_awaited] -= 1
        if min(left.values()) < 0 or all(len(f) >= FIRST_FRAMES for f in frames.values()):
            break
    return frames


def picture_facts(frames: list[Any]) -> dict[str, Any] | None:
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


def sound_grid(frames: list[Any], origin: Fraction) -> dict[str, Any] | None:
    """Where frames of one length lie; none when there are not enough or they vary."""
    # The first one may have lost the encoder's padding.
    lengths = {frame.samples for frame in frames[1:] if isinstance(frame, av.AudioFrame)}
    if len(lengths) != 1 or frames[1].pts is None:
        return None
    return {
        "samples": lengths.pop(),
        "start": str(frames[1].pts * frames[1].time_base - origin),
    }
