"""The process in which a worker runs one job, and its end."""

import logging
import os
import signal
import sys
import time
import uuid
from contextlib import suppress
from typing import Any

from django.db import Error, connections
from redis.exceptions import RedisError
from rq import Worker
from rq.job import Job

from video_app.pipeline.launch import die_with
from video_app.work import sweeper, workers

logger = logging.getLogger(__name__)

LEAVE_SECONDS = 3


class JobProcess(Worker):
    """What a worker does about the process of its job ("work horse" in rq)."""

    identity: uuid.UUID | None = None

    def worker_id(self) -> uuid.UUID:
        assert self.identity is not None  # noqa: S101 - set by `work`, before any job
        return self.identity

    def handle_work_horse_killed(self, job: Job, *args: Any, **kwargs: Any) -> None:
        """What the killed job held is free at once."""
        super().handle_work_horse_killed(job, *args, **kwargs)
        try:
            if workers.free_work_of_killed_job(self.worker_id()):
                sweeper.enqueue_overdue()
        except Error as error:  # then the lease runs out
            logger.warning("killed_job_not_freed", extra={"job": job.id, "error": str(error)})
        finally:
            connections.close_all()

    def set_current_job_working_time(self, *args: Any, **kwargs: Any) -> None:
        with suppress(RedisError):  # a job needs no Redis while it runs
            super().set_current_job_working_time(*args, **kwargs)

    def maintain_heartbeats(self, job: Any) -> None:
        with suppress(RedisError):
            super().maintain_heartbeats(job)

    def main_work_horse(self, job: Any, queue: Any) -> None:
        die_with(int(self.pid or 0))
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
