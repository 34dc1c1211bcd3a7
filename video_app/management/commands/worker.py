"""`worker`: the processes that one machine needs, kept running; they die with it."""

import logging
import os
import signal
import subprocess
import sys
import time
import uuid
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, connections

from video_app.pipeline.launch import die_with
from video_app.work import sweeper, workers

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[3]
SHORT_LIFE_SECONDS = 5
STOP_SECONDS = 5


class Command(BaseCommand):
    help = (
        "Runs one process for mails, one for new films and their first chunks, "
        "TRANSCODE_PROCESSES for all work on films, and with USE_S3_MEDIA one that fills the "
        "bucket. Starts each again when it dies. Stops on SIGTERM and SIGINT: what is "
        "interrupted is done again by the next worker."
    )
    # Django's checks would open connections that the children do not need.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        self.children = [_Child(lanes) for lanes in _lanes()]
        self.is_stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        while not self.is_stopping:
            for child in self.children:
                if child.keep_alive():
                    logger.error("worker_restarted", extra={"queues": child.queues})
            time.sleep(0.5)
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.stop(deadline)

    def _ask_to_stop(self, *_: Any) -> None:
        self.is_stopping = True


def _lanes() -> list[list[str]]:
    films = [["urgent", "transcode"]] * settings.TRANSCODE_PROCESSES
    return [["short"], ["urgent"], *films]


class _Child:
    """One `rqworker` process."""

    def __init__(self, queues: list[str]) -> None:
        self.queues = queues
        self.start()

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.worker = uuid.uuid4()
        command = [sys.executable, "manage.py", "rqworker", *self.queues]
        # After the fork is fine for a process without threads, which this one is.
        tie = partial(die_with, os.getpid())
        env = os.environ | {workers.ID_VARIABLE: self.worker.hex}
        self.process = subprocess.Popen(  # noqa: S603 - an argument list, no shell
            command, cwd=ROOT, env=env, preexec_fn=tie
        )

    def keep_alive(self) -> bool:
        """Start it again if it died; whether it had. What it held is free at once."""
        if self.process.poll() is None:
            return False
        if time.monotonic() - self.started_at < SHORT_LIFE_SECONDS:
            time.sleep(2)  # Redis may be away: do not spin
        _bury(self.worker)
        self.start()
        return True

    def ask_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self, deadline: float) -> None:
        """Wait for the running job a little, then take it away."""
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)  # RQ: the second one kills the job
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()


def _bury(worker: uuid.UUID) -> None:
    try:
        if workers.bury(worker):
            sweeper.enqueue_overdue()
    except Error as error:  # whoever listens to heartbeats will
        logger.warning("dead_worker_not_buried", extra={"error": str(error)})
    finally:
        connections.close_all()
