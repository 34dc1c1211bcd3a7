"""`./videoflix test`: pytest, and an end to everything that it started."""

import os
import signal
import subprocess
import time
from contextlib import ExitStack
from types import FrameType

from launcher.installation import PYTHON, ROOT, Installation
from launcher.orphans import adopt_orphans, kill_orphans
from launcher.postgres import throwaway_postgres
from launcher.runlock import running_url
from launcher.venv import TESTS, ensure_venv

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.1
# For pytest to end its tests and fixtures; then everything is killed.
GRACE_SECONDS = 20.0
# Who chooses the number of processes, or wants to look into one, gets what they ask for.
OWN_DISTRIBUTION = ("-n", "--numprocesses", "--dist", "--tx", "-d")


def test(installation: Installation, arguments: list[str]) -> int:
    """Run pytest with `arguments`, but for --postgres; its exit code."""
    ensure_venv(installation.var, TESTS, running_url(installation))
    words = [word for word in arguments if word != "--postgres"]
    if not any(word.startswith(OWN_DISTRIBUTION) for word in words):
        words = ["-n", "auto", *words]
    run = _Run()
    with ExitStack() as cleanup:
        cleanup.callback(kill_orphans)
        env = dict(os.environ)
        if "--postgres" in arguments and not run.stopped:
            env["TEST_DATABASE_URL"] = cleanup.enter_context(throwaway_postgres())
        return run.pytest(words, env)


class _Run:
    """Passes the first signal on to pytest, which ends in order, and waits no longer than
    `GRACE_SECONDS` for that."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = 0.0
        adopt_orphans()
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def pytest(self, words: list[str], env: dict[str, str]) -> int:
        if self.stopped:
            return 128 + signal.SIGINT
        self.process = subprocess.Popen([str(PYTHON), "-m", "pytest", *words], cwd=ROOT, env=env)
        while (code := self.process.poll()) is None:
            if self.stopped and time.monotonic() > self.stopped + GRACE_SECONDS:
                self.process.kill()
            time.sleep(POLL_SECONDS)
        return code if code >= 0 else 128 - code

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        first, self.stopped = not self.stopped, self.stopped or time.monotonic()
        if first and self.process and not (number == signal.SIGINT and _has_terminal()):
            self.process.send_signal(signal.SIGINT)


def _has_terminal() -> bool:
    """Whether Ctrl-C reaches us, and with us pytest, which must not get it twice."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
