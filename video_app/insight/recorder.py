"""What a process saw of viewings, taken to Redis soon after.

A request only appends to a list; a timer takes the list to Redis within a second. So noting
costs a request no round trip.
"""

import threading
from typing import Protocol

from video_app.insight.redis_store import Call, run_all

DELAY_SECONDS = 1.0
MAX_PENDING = 10_000


class Seen(Protocol):
    def call(self) -> Call:
        """What Redis does with it."""
        ...


class Recorder:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Seen] = []
        self._timer: threading.Timer | None = None

    def add(self, seen: Seen) -> None:
        with self._lock:
            if len(self._pending) < MAX_PENDING:
                self._pending.append(seen)
            if self._timer is None:
                self._timer = threading.Timer(DELAY_SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        with self._lock:
            taken, self._pending = self._pending, []
            self._timer = None
        if taken:
            run_all([seen.call() for seen in taken])


recorder = Recorder()
