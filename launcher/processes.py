"""Starting processes so that none of them, nor any of their children, outlives the launcher."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
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
        if LIBC:
            # Orphans of our children become our own children, so that `__exit__` finds them.
            LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        return self

    def __exit__(self, *exception: object) -> None:
        last = [name for name in self.running if name == "valkey"]
        self._stop([name for name in self.running if name not in last])
        self._stop(last)
        _kill_orphans()

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
            del self.running[name]
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
            _kill_group(process.pid)


def _die_with_parent() -> None:
    """In the child: SIGTERM from the kernel when the launcher is gone, however it went."""
    libc: Any = LIBC
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _kill_orphans() -> None:
    """SIGKILL what our children left behind, until nothing is left."""
    while orphans := _children():
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _children() -> list[int]:
    """The pids whose parent we are (Linux; elsewhere the process groups must do)."""
    if not LINUX:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == os.getpid():
            found.append(int(entry.name))
    return found


def _parent(entry: Path) -> int:
    try:
        # The name in parentheses may hold spaces; state and parent follow the last one.
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
