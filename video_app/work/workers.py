"""The processes that take jobs: each says every few seconds that it lives.

A worker that is silent while the database could be reached all the time is dead, and its
work is free again. An outage of the database kills nobody: after it, each worker listens
for a while before it judges others.
"""

import logging
import os
import socket
import time
import uuid
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django.db.models import Case, F, IntegerField, Q, When
from django.db.models.functions import Greatest

from video_app.models import Build, Chunk, Import, Video, Worker
from video_app.work import clock

logger = logging.getLogger(__name__)

# Whose leases workers hold.
MODELS = (Chunk, Build, Video, Import)

BEAT_SECONDS = 3.0
SILENCE_SECONDS = 10.0
# So many deaths under one piece of work are its own doing.
INNOCENT_DEATHS = 10
FORGET_SECONDS = 24 * 3600
# Who starts a worker may choose its id, to free its work at once when it dies.
ID_VARIABLE = "VIDEOFLIX_WORKER_ID"

_current: uuid.UUID | None = None


def current() -> uuid.UUID | None:
    """The worker that this process is, or works for; none in web processes and commands."""
    return _current


def begin(queues: list[str]) -> uuid.UUID:
    """Make this process a worker; waits for the database."""
    global _current  # inherited by the processes that do the jobs
    _current = uuid.UUID(os.environ.get(ID_VARIABLE) or uuid.uuid4().hex)
    while True:
        try:
            beat(_current, queues)
        except (OperationalError, InterfaceError) as error:
            logger.warning("heartbeat_failed", extra={"error": str(error)})
            connections.close_all()
            time.sleep(BEAT_SECONDS)
        else:
            return _current


def beat(worker: uuid.UUID, queues: list[str]) -> None:
    """Say that a worker lives."""
    Worker.objects.update_or_create(
        pk=worker,
        defaults={"seen_at": clock.now()},
        create_defaults={
            "host": socket.gethostname()[:255],
            "queues": queues,
            "started_at": clock.now(),
            "seen_at": clock.now(),
        },
    )


def end(worker: uuid.UUID) -> None:
    """A worker has stopped in order; it held nothing any more."""
    Worker.objects.filter(pk=worker).delete()


def living() -> Any:
    return Worker.objects.filter(seen_at__gt=clock.ago(SILENCE_SECONDS))


def report(problem: str) -> None:
    """Say what keeps this worker from taking jobs, or with "" that nothing does."""
    if _current is None:
        return
    changed = Worker.objects.filter(pk=_current).exclude(problem=problem[:300])
    if changed.update(problem=problem[:300]):
        event = "worker_stepped_aside" if problem else "worker_came_back"
        logger.warning(event, extra={"worker": str(_current), "reason": problem})


def reported(worker: uuid.UUID) -> str:
    return Worker.objects.filter(pk=worker).values_list("problem", flat=True).first() or ""


def free_work_of_the_dead() -> int:
    """Free what is leased to workers that have been silent; how many pieces of work."""
    is_dead = Q(lease_worker__isnull=False) & ~Q(lease_worker__in=living().values("pk"))
    freed = sum(_free(model, is_dead, is_innocent=True) for model in MODELS)
    Worker.objects.filter(seen_at__lt=clock.ago(FORGET_SECONDS)).delete()
    if freed:
        logger.warning("work_of_dead_workers_freed", extra={"count": freed})
    return freed


def bury(worker: uuid.UUID) -> int:
    """Free the work of a worker that is known to have died; how many pieces of work."""
    rows = Q(lease_worker=worker)
    freed = sum(_free(model, rows, is_innocent=True) for model in MODELS)
    end(worker)
    return freed


def free_work_of_killed_job(worker: uuid.UUID) -> int:
    """Free what a job held that was killed while its worker lives: that is an attempt."""
    rows = Q(lease_worker=worker)
    return sum(_free(model, rows, is_innocent=False) for model in MODELS)


def _free(model: Any, rows: Q, *, is_innocent: bool) -> int:
    changes: dict[str, Any] = {"lease_token": None, "lease_until": None, "lease_worker": None}
    if is_innocent:
        one_less = Greatest(F("attempts") - 1, 0)
        changes["attempts"] = Case(
            When(setbacks__lt=INNOCENT_DEATHS, then=one_less),
            default=F("attempts"),
            output_field=IntegerField(),
        )
        changes["setbacks"] = F("setbacks") + 1
    return int(model.objects.filter(rows, lease_token__isnull=False).update(**changes))
