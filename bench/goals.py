"""The goals of the transcoder and whether a run reached them."""

from collections.abc import Iterator

from bench.goal import Goal
from bench.results import Result

BYTES_TOLERANCE = 1.05
VMAF_TOLERANCE = 0.5
MAX_120P_BANDWIDTH = 192_000


def cost_goals(results: dict[str, Result], decode_cpu: float) -> Iterator[Goal]:
    """`results` by letter, as they are printed."""
    cpu = {letter: result.cost.cpu for letter, result in results.items()}
    walls = results["c"].cost.wall / results["d"].cost.wall
    yield Goal("CPU of (c) / (a)", cpu["c"] / cpu["a"], 0.6)
    yield Goal("CPU of (c) / (b)", cpu["c"] / cpu["b"], 0.8)
    yield Goal("CPU of (c), less one decode, / (e)", (cpu["c"] - decode_cpu) / cpu["e"], 1.15)
    yield Goal("throughput of (d) / (c)", walls, 1.8, is_floor=True)


def quality_goals(ours: Result, usual: Result) -> Iterator[Goal]:
    """Per rung: no more bytes than the usual way, and no worse, each but for a tolerance."""
    for rung, size in ours.sizes.items():
        yield Goal(f"{rung}: bytes of (c) / (a)", size / usual.sizes[rung], BYTES_TOLERANCE)
        gain = ours.scores[rung] - usual.scores[rung]
        yield Goal(f"{rung}: VMAF of (c) - (a)", gain, -VMAF_TOLERANCE, is_floor=True)


def rate_goals(rates: dict[str, tuple[int, int]]) -> Iterator[Goal]:
    """`rates`: peak and average bit/s of each rung as the master playlist says them."""
    for rung, (peak, average) in rates.items():
        yield Goal(f"{rung}: peak / average bit rate", peak / average, 2)
    if "120p" in rates:
        yield Goal("120p: BANDWIDTH in bit/s", rates["120p"][0], MAX_120P_BANDWIDTH)
