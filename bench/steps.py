"""Says on stderr what a benchmark is doing, so that it never seems to hang."""

import sys
import time

_STARTED = time.monotonic()


def step(text: str) -> None:
    """One line with the time since the start; results go to stdout."""
    elapsed = int(time.monotonic() - _STARTED)
    sys.stderr.write(f"[{elapsed // 60:3d}:{elapsed % 60:02d}] {text}\n")
    sys.stderr.flush()
