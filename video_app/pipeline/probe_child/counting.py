"""How many pictures streams have: the one with the most of them is the film."""

from collections import Counter
from fractions import Fraction
from typing import Any

from av.container import InputContainer

from video_app.pipeline.probe_child.containers import packet_time, packets
from video_app.pipeline.probe_child.survey import places

# A short film's pictures are counted all, a long one's in some places for a second each.
SHORT_SECONDS = 60
COUNT_PACKETS = 20_000


def count_pictures(
    container: InputContainer, indexes: list[int], clock: tuple[Fraction, Fraction]
) -> Counter[int]:
    """How many pictures some streams have, in the same places; a share of them is enough."""
    streams = [container.streams[index] for index in indexes]
    if clock[1] <= SHORT_SECONDS:
        return _count(container, streams, Fraction(-1), None)
    found: Counter[int] = Counter()
    for place in places(container, clock):
        found += _count(container, streams, place, place + 1)
    return found


def _count(
    container: InputContainer, streams: list[Any], start: Fraction, end: Fraction | None
) -> Counter[int]:
    found: Counter[int] = Counter()
    for number, (index, packet) in enumerate(packets(container, streams)):
        moment = packet_time(packet, Fraction(0))
        if number >= COUNT_PACKETS or (end is not None and moment is not None and moment >= end):
            break
        if packet.size and (moment is None or moment >= start):
            found[index] += 1
    return found
