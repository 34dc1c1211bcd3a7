"""The thread in which a worker says that it lives, and judges those who do not."""

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable

from django.db import Error, connections

from video_app.work.workers import BEAT_SECONDS, SILENCE_SECONDS, beat, free_work_of_the_dead

logger = logging.getLogger(__name__)

# After so many beats each worker looks for due work that no job announces: pauses that are
# over, segments that are missing.
LOOK_BEATS = 4


class Heartbeat:
    """A thread that says that this worker lives, frees what the dead have held, and looks for
    work that no job announces.

    No connection is open and no lock is held in the moment of a fork.
    """

    def __init__(
        self, worker: uuid.UUID, queues: list[str], look_for_work: Callable[[], object]
    ) -> None:
        self._worker = worker
        self._queues = queues
        self._look_for_work = look_for_work
        self._beats = 0
        self._connected_since: float | None = None
        self._last = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(BEAT_SECONDS)

    def _run(self) -> None:
        while not self._stopped.wait(BEAT_SECONDS):
            with _beating:
                self._beat()

    def _beat(self) -> None:
        try:
            beat(self._worker, self._queues)
            freed = free_work_of_the_dead() if self._has_listened() else 0
            self._beats += 1
            if freed or self._beats % LOOK_BEATS == 0:
                self._look_for_work()
        except (Error, OSError) as error:
            self._connected_since = None
            logger.warning("heartbeat_failed", extra={"error": str(error)})
        finally:
            connections.close_all()

    def _has_listened(self) -> bool:
        """Whether the database has been there, and this process awake, for long enough."""
        now = time.monotonic()
        was_asleep = now - self._last > 2 * BEAT_SECONDS
        self._last = now
        if self._connected_since is None or was_asleep:
            self._connected_since = now
        return now - self._connected_since > SILENCE_SECONDS


_beating = threading.Lock()

os.register_at_fork(
    before=_beating.acquire, after_in_parent=_beating.release, after_in_child=_beating.release
)
