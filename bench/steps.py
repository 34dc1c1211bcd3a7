"""Says on stderr what a benchmark is doing, so that it never seems to hang; results on stdout."""

import sys
import time

_STARTED = time.monotonic()


def step(text: str) -> None:
    """One line with the time since the start; results go to stdout."""
    elapsed = int(time.monotonic() - _STARTED)
    sys.stderr.write(f"[{elapsed // 60:3d}:{elapsed % 60:02d}] {text}\n")
    sys.stderr.flush()


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
