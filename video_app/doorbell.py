"""Ringing a worker: jobs by name, after commit, surviving a dead Redis.

A job is only a hint that there may be work; the database decides. So a Redis error
is logged and the sweeper (`sweep.reconcile`) rings again.
"""

import logging
from dataclasses import dataclass
from functools import partial

import django_rq
from django.db import transaction
from django_rq.queues import DjangoRQ
from redis.exceptions import RedisError
from rq.exceptions import InvalidJobOperation

logger = logging.getLogger(__name__)

RESULT_SECONDS = 3600
FAILURE_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Call:
    """`video_app.tasks.<task>(*arguments)`; `timeout` is in seconds."""

    task: str
    arguments: tuple[int, ...]
    timeout: int = 600


def ring(queue: str, *calls: Call) -> None:
    """Enqueue jobs once the transaction is committed.

    A job's id is made of the task and its arguments; while such a job waits, ringing
    again does nothing.
    """
    transaction.on_commit(partial(_enqueue, queue, calls))


def _enqueue(queue_name: str, calls: tuple[Call, ...]) -> None:
    queue = django_rq.get_queue(queue_name)
    for call in calls:
        job_id = "-".join([call.task, *map(str, call.arguments)])
        try:
            _enqueue_once(queue, job_id, call)
        except InvalidJobOperation as error:
            logger.warning("could not enqueue %s: %s", job_id, error)
        except RedisError as error:  # each of a film's many calls would wait for it
            logger.warning("could not enqueue %s and what follows: %s", job_id, error)
            return


def _enqueue_once(queue: DjangoRQ, job_id: str, call: Call) -> None:
    # Not the job's own status: a job that a dying worker took off the list but never
    # began says "queued" for ever.
    if queue.get_job_position(job_id) is not None:
        return
    queue.enqueue_call(
        f"video_app.tasks.{call.task}",
        args=call.arguments,
        job_id=job_id,
        timeout=call.timeout,
        result_ttl=RESULT_SECONDS,
        failure_ttl=FAILURE_SECONDS,
    )
