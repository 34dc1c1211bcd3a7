"""Jobs of this app: hints with ids only, after the commit, surviving a dead Redis."""

import logging

import django_rq
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

QUEUE = "short"


def enqueue(task: str, row_id: int) -> None:
    """Enqueue `task(row_id)` once the transaction is committed."""
    transaction.on_commit(lambda: _enqueue(task, row_id))


def _enqueue(task: str, row_id: int) -> None:
    name = task.rpartition(".")[2]
    try:
        django_rq.get_queue(QUEUE).enqueue(task, row_id, job_id=f"{name}-{row_id}", result_ttl=0)
    except RedisError as error:
        logger.warning("job_not_enqueued", extra={"job": f"{name}-{row_id}", "error": repr(error)})
