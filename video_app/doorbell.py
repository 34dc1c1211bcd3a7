"""Ringing a worker: jobs by name, after commit, surviving a dead Redis.

A job is only a hint that there may be work; the database decides. So a Redis error
is logged and the sweeper (`services.reconcile`) rings again.
"""

import logging
from functools import partial

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq.exceptions import InvalidJobOperation

logger = logging.getLogger(__name__)

RESULT_SECONDS = 3600
FAILURE_SECONDS = 7 * 24 * 3600


def ring(
    queue: str, task: str, *arguments: int, timeout: int = 600, at_front: bool = False
) -> None:
    """Enqueue `video_app.tasks.<task>(*arguments)` once the transaction is committed.

    The job's id is made of the task and its arguments; while such a job waits,
    ringing again does nothing. `timeout` is in seconds.
    """
    transaction.on_commit(
        partial(_enqueue, queue, task, arguments, timeout=timeout, at_front=at_front)
    )


def _enqueue(
    queue_name: str, task: str, arguments: tuple[int, ...], *, timeout: int, at_front: bool
) -> None:
    job_id = "-".join([task, *map(str, arguments)])
    queue = django_rq.get_queue(queue_name)
    try:
        # Not the job's own status: a job that a dying worker took off the list but never
        # began says "queued" for ever.
        if queue.get_job_position(job_id) is not None:
            return
        queue.enqueue_call(
            f"video_app.tasks.{task}",
            args=arguments,
            job_id=job_id,
            timeout=timeout,
            at_front=at_front,
            result_ttl=RESULT_SECONDS,
            failure_ttl=FAILURE_SECONDS,
        )
    except (RedisError, InvalidJobOperation) as error:
        logger.warning("could not enqueue %s: %s", job_id, error)
