"""Processes whose parent is gone: none of ours outlives the launcher."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None) if LINUX else None


def die_with_parent() -> None:
    """In the child: SIGTERM from the kernel when the launcher is gone, however it went."""
    libc: Any = LIBC
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def kill_session(leader: int) -> None:
    """SIGKILL what a process of ours left behind (elsewhere than on Linux: its group)."""
    if LINUX:
        _kill_all(lambda process: process.session == leader)
        return
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def adopt_orphans() -> None:
    """Orphans of our children become our own children, where `kill_orphans` finds them."""
    if LIBC:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_orphans() -> None:
    """SIGKILL what became our child because its parent is gone, until nothing is left."""
    while LINUX and _kill_all(lambda process: process.parent == os.getpid()):
        continue


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    session: int


def _kill_all(is_meant: Callable[[_Process], bool]) -> bool:
    """Kill and bury; whether there was anything to kill."""
    meant = [process for process in _processes() if is_meant(process)]
    for process in meant:
        try:
            os.kill(process.pid, signal.SIGKILL)
            os.waitpid(process.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            continue  # gone, or its own parent's to bury
    return bool(meant)


def _processes() -> Iterator[_Process]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            # pid (name) state parent group session …, and the name may hold spaces.
            fields = text.rpartition(")")[2].split()
            yield _Process(int(entry.name), int(fields[1]), int(fields[3]))
