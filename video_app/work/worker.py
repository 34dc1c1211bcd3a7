"""The RQ worker of this project: JSON jobs of ours, a heartbeat, and the sweeper between jobs.

Whatever may go wrong here costs at most the job that runs: films are in the database.
"""

import gc
import logging
import time
import uuid
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connections
from django.utils.module_loading import import_string
from redis.exceptions import RedisError
from rq.job import Job
from rq.serializers import JSONSerializer

from video_app.work import machine, sweeper, workers
from video_app.work.heartbeat import Heartbeat
from video_app.work.job_process import JobProcess
from video_app.work.lease import DATABASE_AWAY

logger = logging.getLogger(__name__)

# How often a worker that stepped aside looks whether its machine is well again.
ASIDE_SECONDS = 2.0


class FilmWorker(JobProcess):
    """A worker that runs nothing but our jobs, and looks for lost work when it starts and
    about every minute."""

    # A Redis that comes back is noticed soon.
    max_connection_wait_time = 5.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = JSONSerializer  # whatever the command line says
        kwargs["maintenance_interval"] = settings.SWEEP_SECONDS
        super().__init__(*args, **kwargs)

    def work(self, *args: Any, **kwargs: Any) -> bool:
        heartbeat = self._begin()
        try:
            return bool(super().work(*args, **kwargs))
        finally:
            heartbeat.stop()
            self._end()

    def _begin(self) -> Heartbeat:
        self.identity = workers.begin(self.queue_names())
        heartbeat = Heartbeat(self.identity, self.queue_names(), sweeper.enqueue_overdue)
        heartbeat.start()
        # What was loaded so far stays for good. In each job's fresh fork a look through all of it
        # copied it too, for up to 90 ms of a first picture's time.
        gc.freeze()
        return heartbeat

    def _end(self) -> None:
        with suppress(Error):
            workers.end(self.worker_id())
        connections.close_all()

    @property
    def dequeue_timeout(self) -> int:
        """An idle worker would sleep through its sweeps."""
        return min(super().dequeue_timeout, settings.SWEEP_SECONDS)

    def dequeue_job_and_maintain_ttl(self, *args: Any, **kwargs: Any) -> Any:
        self._wait_until_well()
        return super().dequeue_job_and_maintain_ttl(*args, **kwargs)

    def _wait_until_well(self) -> None:
        """Step aside while this machine cannot work: others take the jobs."""
        while self.identity and not self._stop_requested and _reported(self.identity):
            problem = _problem()
            with suppress(Error):
                workers.report(problem)
                if not problem:
                    sweeper.enqueue_due()
            connections.close_all()
            if not problem:
                return
            with suppress(RedisError):
                self.heartbeat()
            time.sleep(ASIDE_SECONDS)

    def run_maintenance_tasks(self) -> None:
        super().run_maintenance_tasks()
        try:
            found = sweeper.sweep()
            for name in settings.HOUSEKEEPING:
                import_string(name)()
        # The database is away, or a folder cannot be looked into: next time.
        except (OperationalError, InterfaceError, OSError) as error:
            logger.warning("housekeeping_postponed", extra={"error": str(error)})
        else:
            logger.debug("housekeeping_done", extra={"found": str(found)})
        finally:
            connections.close_all()  # a fork must not inherit them

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Register again at a Redis that came back empty."""
        super().heartbeat(timeout, pipeline)
        if pipeline is None and not self.connection.hexists(self.key, "birth"):
            self.connection.delete(self.key)
            self.register_birth()

    def execute_job(self, job: Job, queue: Any) -> None:
        if job.func_name in settings.JOB_FUNCTIONS:
            super().execute_job(job, queue)
            return
        logger.error("foreign_job_refused", extra={"job": job.id, "function": job.func_name})
        self.connection.lrem(queue.intermediate_queue_key, 1, job.id)
        job.delete()


def _problem() -> str:
    """What is wrong with this machine now; "" when nothing is."""
    try:
        return machine.storage_problem() or machine.ffmpeg_problem()
    except Error:
        return DATABASE_AWAY


def _reported(worker: uuid.UUID) -> str:
    """What a job of this worker has found wrong with the machine."""
    try:
        return workers.reported(worker)
    except Error:
        return ""  # the jobs will find out
    finally:
        connections.close_all()
