"""Layers of a build: the lower rungs run ahead of viewers, the upper ones follow.

A layer is a plan of its own with fewer rungs, on the same grid and with the same cuts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import takewhile

from video_app.pipeline import ladder
from video_app.pipeline.types import Plan, Rung

# A third of the work of five rungs (docs/benchmarks.md): faster than real time on two cores.
LOW_NAMES = ("120p", "360p", "480p")
LOW_SHARE = 1 / 3
# Half a minute of film.
OFFERED_SEGMENTS = 6


class Layer(StrEnum):
    LOW = "low"  # the lower rungs, with all sound tracks
    HIGH = "high"  # the other rungs
    ALL = "all"  # both in one pass, which is the cheapest


def has_layers(plan: Plan) -> bool:
    """Whether the plan has rungs above the low layer's, and such below."""
    return 0 < len(_low(plan)) < len(plan.rungs)


def is_low(folder: str) -> bool:
    """Whether a rendition or track, of a plan that has layers, is in the low one."""
    return folder in LOW_NAMES or folder not in ladder.NAMES


def part(plan: Plan, layer: Layer) -> Plan:
    """The plan of one layer; where one suffices, the low one is the whole plan."""
    if layer == Layer.ALL or not has_layers(plan):
        return plan
    if layer == Layer.LOW:
        return replace(plan, rungs=_low(plan))
    upper = tuple(rung for rung in plan.rungs if rung.name not in LOW_NAMES)
    # The tracks beside the first one come with the low layer.
    return replace(plan, rungs=upper, source=replace(plan.source, audios=plan.source.audios[:1]))


def ready_segments(plan: Plan, done: Sequence[tuple[bool, bool]]) -> dict[str, int]:
    """Folder → its segments before the first one that is missing.

    `done` says of each chunk whether its low layer is there, and whether all of it is.
    """
    low = plan.chunk_cuts[sum(takewhile(bool, (is_low for is_low, _ in done)))]
    whole = plan.chunk_cuts[sum(takewhile(bool, (is_whole for _, is_whole in done)))]
    ahead = part(plan, Layer.LOW).folders
    return {folder: low if folder in ahead else whole for folder in plan.folders}


def offered(plan: Plan, ready: Mapping[str, int]) -> list[str]:
    """The rungs among which players may choose by themselves.

    They would soon catch up with one that has just begun, and then wait at its end. A rung
    that was offered once is so ever after.
    """
    enough = min(OFFERED_SEGMENTS, plan.segments)
    low = part(plan, Layer.LOW).folders
    names = [rung.name for rung in plan.rungs]
    return [name for name in names if name in low or ready[name] >= enough]


def _low(plan: Plan) -> tuple[Rung, ...]:
    return tuple(rung for rung in plan.rungs if rung.name in LOW_NAMES)
