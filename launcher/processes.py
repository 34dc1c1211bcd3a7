"""Starting processes so that none of them, nor any of their children, outlives the launcher."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from launcher.installation import ROOT
from launcher.problems import Stopped

LINUX = sys.platform == "linux"
GRACE_SECONDS = 10.0
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None) if LINUX else None


class Processes:
    """Everything the launcher started. Each process leads a session of its own, so that
    the terminal's Ctrl-C reaches only the launcher, which then stops them in order."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = threading.Event()

    def __enter__(self) -> "Processes":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        adopt_orphans()
        return self

    def __exit__(self, *exception: object) -> None:
        last = [name for name in self.running if name == "valkey"]
        self._stop([name for name in self.running if name not in last])
        self._stop(last)
        kill_orphans()

    def start(
        self, name: str, command: Sequence[str], log: Path, env: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if LIBC else None,
            )
        self.running[name] = process
        return process

    def run(self, command: Sequence[str], log: Path, env: dict[str, str] | None = None) -> int:
        """Run to the end with a fresh log; its exit code. A signal stops it."""
        log.unlink(missing_ok=True)
        name = Path(command[0]).name
        process = self.start(name, command, log, env)
        while process.poll() is None:
            self.pause(0.02)
        del self.running[name]
        return process.returncode

    def pause(self, seconds: float) -> None:
        """Sleep, but not through a signal."""
        if self.stopping.wait(seconds):
            raise Stopped

    def ended(self) -> dict[str, int]:
        """Take out the processes that ended by themselves: name → exit code."""
        codes = {name: process.poll() for name, process in self.running.items()}
        gone = {name: code for name, code in codes.items() if code is not None}
        for name in gone:
            _kill_session(self.running.pop(name).pid)
        return gone

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def _stop(self, names: list[str]) -> None:
        processes = [self.running.pop(name) for name in names]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _kill_session(process.pid)


def _die_with_parent() -> None:
    """In the child: SIGTERM from the kernel when the launcher is gone, however it went."""
    libc: Any = LIBC
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _kill_session(leader: int) -> None:
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
