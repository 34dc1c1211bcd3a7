"""A film that is encoded in several ways, what each way cost and yielded, and how that is told."""

import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.cost import Cost
from bench.steps import say
from video_app.pipeline.types import Plan, Rung

NAMES = {
    "a": "(a) usual: an ffmpeg per rendition, medium",
    "b": "(b) an ffmpeg per rendition, our settings",
    "c": "(c) our pipeline, one worker",
    "d": "(d) our pipeline, two workers",
    "e": "(e) floor: x264 alone on scaled frames",
}


@dataclass(slots=True)
class Result:
    """`sizes` in bytes and `scores` in VMAF by rung."""

    cost: Cost
    sizes: dict[str, int] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Film:
    binary: str
    source: Path
    plan: Plan

    def one_rung(self, rung: Rung) -> Plan:
        return replace(self.plan, rungs=(rung,))


def describe(film: Film) -> None:
    video, plan = film.plan.source.video, film.plan
    load = Path("/proc/loadavg").read_text().split()[0] if sys.platform == "linux" else "?"
    say(f"{film.source.name}: {video.width}x{video.height}, {float(plan.duration):.2f} s of it")
    say(f"{film.binary}; {os.cpu_count()} cores, load {load} at the start")
    for rung in plan.rungs:
        say(f"  {rung.name:>5}: {rung.preset}, CRF {rung.crf}")


def print_table(results: dict[str, Result]) -> None:
    say(f"\n{'':<44}{'CPU s':>8}{'wall s':>8}{'MB':>8}  per rung: kB and VMAF")
    for letter, result in results.items():
        rungs = "".join(
            f"{size // 1000:>8}" + (f"/{result.scores[rung]:5.1f}" if result.scores else "")
            for rung, size in result.sizes.items()
        )
        total = sum(result.sizes.values()) / 1e6
        cost = f"{result.cost.cpu:>8.1f}{result.cost.wall:>8.1f}{total:>8.2f}"
        say(f"{NAMES[letter]:<44}{cost}{rungs}")
