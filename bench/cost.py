"""What a piece of work costs: CPU seconds of all its processes, and wall seconds."""

import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Cost:
    """Filled when the work is done."""

    cpu: float = 0
    wall: float = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu + other.cpu, self.wall + other.wall)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu - other.cpu, self.wall - other.wall)


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost of the child processes, and of theirs, that end within this block."""
    cost = Cost()
    cpu, wall = _children(), time.perf_counter()
    yield cost
    cost.cpu, cost.wall = _children() - cpu, time.perf_counter() - wall


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command: Sequence[str | Path], cwd: Path | None = None) -> Cost:
    """Run a program to its end; `CalledProcessError` on a non-zero exit."""
    with measured() as cost:
        subprocess.run(
            command, cwd=cwd, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
    return cost
