"""The RQ worker of this project: JSON jobs, and the sweeper between them.

Whatever may go wrong here costs at most the job that runs: films are in the database.
"""

import logging
import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.utils.module_loading import import_string
from redis.exceptions import RedisError
from rq import Worker
from rq.serializers import JSONSerializer

from video_app.pipeline.launch import die_with
from video_app.sweep import reconcile

logger = logging.getLogger(__name__)

LEAVE_SECONDS = 3


class FilmWorker(Worker):
    """A worker that looks for lost work when it starts and about every minute."""

    # A Redis that comes back is noticed soon.
    max_connection_wait_time = 5.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = JSONSerializer  # whatever the command line says
        super().__init__(*args, maintenance_interval=settings.SWEEP_SECONDS, **kwargs)

    @property
    def dequeue_timeout(self) -> int:
        """An idle worker would sleep through its sweeps."""
        return min(super().dequeue_timeout, settings.SWEEP_SECONDS)

    def run_maintenance_tasks(self) -> None:
        super().run_maintenance_tasks()
        try:
            found = reconcile()
            for name in settings.HOUSEKEEPING:
                import_string(name)()
        # The database is away, or a folder cannot be looked into: next time.
        except (OperationalError, InterfaceError, OSError) as error:
            logger.warning("housekeeping put off: %s", error)
        else:
            logger.debug("housekeeping: %s", found)
        finally:
            connections.close_all()  # a fork must not inherit them

    def set_current_job_working_time(self, *args: Any, **kwargs: Any) -> None:
        with suppress(RedisError):  # a job needs no Redis while it runs
            super().set_current_job_working_time(*args, **kwargs)

    def maintain_heartbeats(self, job: Any) -> None:
        with suppress(RedisError):
            super().maintain_heartbeats(job)

    def main_work_horse(self, job: Any, queue: Any) -> None:
        die_with(self.pid)
        super().main_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """Let the job give its lease back and take its files away, then kill what is left."""
        if not self.horse_pid:
            return
        with suppress(ProcessLookupError):
            os.kill(self.horse_pid, signal.SIGTERM)
            deadline = time.monotonic() + LEAVE_SECONDS
            while time.monotonic() < deadline and not _has_ended(self.horse_pid):
                time.sleep(0.05)
        super().kill_horse(sig)


def _has_ended(pid: int) -> bool:
    """Whether a child is through; it stays a zombie for whoever waits for it."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True
