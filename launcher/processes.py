"""Starting processes so that none of them, nor any of their children, outlives the launcher."""

import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from launcher.installation import ROOT
from launcher.orphans import LINUX, adopt_orphans, die_with_parent, kill_orphans, kill_session
from launcher.problems import Stopped

GRACE_SECONDS = 10.0


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
                preexec_fn=die_with_parent if LINUX else None,
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
            kill_session(self.running.pop(name).pid)
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
            kill_session(process.pid)
