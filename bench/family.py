"""CPU seconds of the ffmpeg processes below one process, read from the process table."""

import os
import threading
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SECONDS = 0.1  # between two looks; what a process did after the last one is lost
PROGRAM, ENCODER = b"ffmpeg", b"libx264"


class Encoders:
    """Counts while the block lasts: those that encode films, and the others (posters,
    storyboards, probes)."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._cpu: dict[tuple[int, int], float] = {}  # (pid, start) → seconds
        self._kinds: dict[tuple[int, int], bool | None] = {}  # None: no ffmpeg
        self._alive: set[tuple[int, int]] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Encoders":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._thread.join()

    def seconds(self, *, encoding: bool = True) -> float:
        """CPU seconds since the beginning."""
        return sum(cpu for key, cpu in list(self._cpu.items()) if self._kinds[key] is encoding)

    @property
    def are_idle(self) -> bool:
        return not any(self._kinds.get(key) is not None for key in self._alive)

    def _watch(self) -> None:
        while not self._ended.wait(SECONDS):
            self._alive = {key for pid in _descendants(self._parent) if (key := self._count(pid))}

    def _count(self, pid: int) -> tuple[int, int] | None:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            key = (pid, int(fields[19]))
            if self._kinds.get(key) is None:  # a worker becomes ffmpeg after its fork
                self._kinds[key] = _kind(Path(f"/proc/{pid}/cmdline").read_bytes())
        except OSError:
            return None
        if self._kinds[key] is not None:
            self._cpu[key] = (int(fields[11]) + int(fields[12])) / TICKS
        return key


def _kind(command_line: bytes) -> bool | None:
    program = command_line.partition(b"\0")[0].rpartition(b"/")[2]
    return ENCODER in command_line if program.startswith(PROGRAM) else None


def _descendants(pid: int) -> list[int]:
    found = []
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [word for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []
    for child in map(int, children):
        found += [child, *_descendants(child)]
    return found
