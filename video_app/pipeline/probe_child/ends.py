"""Where each stream ends, whatever the header says."""

from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer

from video_app.pipeline.probe_child.containers import (
    open_media,
    packet_time,
    packets,
)

TAIL_SECONDS = 15
# A tail that ends this close to the stated duration proves the whole file is there.
TAIL_TOLERANCE = Fraction(1)


def find_ends(
    path: str, container: InputContainer, origin: Fraction, stated: Fraction
) -> dict[int, Fraction]:
    """The end of each stream that has packets, by its number, in seconds from `origin`."""
    return _tail_ends(container, origin, stated) or _whole_ends(path, origin)


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
    with open_media(path) as container:
        return _scan(container, origin)


def _stated_end(stream: Any, origin: Fraction, stated: Fraction) -> Fraction:
    """The end of a stream without a packet in the tail; the film's when nobody knows."""
    if stream.duration and stream.time_base:
        return Fraction(((stream.start_time or 0) + stream.duration) * stream.time_base) - origin
    return stated


def _scan(container: InputContainer, origin: Fraction) -> dict[int, Fraction]:
    """The end of the last packet of each stream, from where the container stands."""
    last: dict[int, tuple[Fraction, Fraction]] = {}
    # What can be read until the damage is what there is.
    for index, packet in packets(container, list(container.streams)):
        start = packet_time(packet, origin)
        if start is None or packet.is_discard:
            continue
        # Durations in an MP4 lead to the next packet in decoding order: only that of
        # the packet shown last counts.
        length = (packet.duration or 0) * packet.time_base or _frame_seconds(packet.stream)
        last[index] = max(last.get(index, (start, length)), (start, length))
    return {index: start + length for index, (start, length) in last.items()}


def _frame_seconds(stream: Any) -> Fraction:
    rate = stream.average_rate if stream.type == "video" else None
    return 1 / rate if rate else Fraction(0)
