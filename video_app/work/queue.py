"""Waking workers: jobs by name, after commit, surviving a dead Redis.

A job only says that something is due; what is done then, and in which order, the database
decides (`order`). So a Redis error is logged, and the sweeper enqueues again.
"""

import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq.exceptions import InvalidJobOperation

logger = logging.getLogger(__name__)

URGENT, TRANSCODE = "urgent", "transcode"
# A plan may copy a whole source, extras a whole film. Each ffmpeg has a limit of its own.
JOB_SECONDS = {URGENT: 2 * 3600, TRANSCODE: 2 * 3600}
RESULT_SECONDS = 3600
FAILURE_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Call:
    """`video_app.tasks.<task>(*arguments)`."""

    task: str
    arguments: tuple[int, ...] = ()

    @property
    def job_id(self) -> str:
        return "-".join([self.task, *map(str, self.arguments)])


def enqueue(lane: str, *calls: Call) -> None:
    """Enqueue jobs once the transaction is committed.

    A job's id is made of the task and its arguments; while such a job waits, enqueueing
    it again does nothing.
    """
    transaction.on_commit(partial(_enqueue, lane, calls))


def _enqueue(lane: str, calls: tuple[Call, ...]) -> None:
    queue: Any = django_rq.get_queue(lane)
    for call in calls:
        try:
            _enqueue_once(queue, call)
        except InvalidJobOperation as error:
            logger.warning("job_not_enqueued", extra={"job": call.job_id, "error": str(error)})
        except RedisError as error:  # each of a film's many jobs would wait for it
            logger.warning("redis_away", extra={"job": call.job_id, "error": str(error)})
            return


def _enqueue_once(queue: Any, call: Call) -> None:
    # Not the job's own status: a job that a dying worker took off the list but never
    # began says "queued" for ever.
    if queue.get_job_position(call.job_id) is not None:
        return
    queue.enqueue_call(
        f"video_app.tasks.{call.task}",
        args=call.arguments,
        job_id=call.job_id,
        timeout=JOB_SECONDS[queue.name],
        result_ttl=RESULT_SECONDS,
        failure_ttl=FAILURE_SECONDS,
    )
