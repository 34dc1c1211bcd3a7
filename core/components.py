"""What the product needs, each with a check of its own: all at once, none for longer than 3 s."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future

import django_rq
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import Error as DatabaseError
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from video_app.pipeline.errors import EncodeError
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.store import identity, local, the_store
from video_app.work import workers

logger = logging.getLogger(__name__)

SECONDS_PER_CHECK = 3.0
FREE_BYTES_NEEDED = 512 * 1024**2
# Written into Redis to see whether it takes writes: one that is full still answers a ping.
PROBE_KEY, PROBE_SECONDS = "vf:health", 60

Check = Callable[[], bool]
_running: dict[str, Future[str]] = {}
_lock = threading.Lock()


class DownError(Exception):
    """A component does not work, for a reason that everybody may read."""


def problems(names: Iterable[str]) -> dict[str, str]:
    """Name → what is wrong, or "". All checks run at once; none takes longer than 3 s."""
    futures = {name: _started(name) for name in names}
    deadline = time.monotonic() + SECONDS_PER_CHECK
    return {name: _result(future, deadline) for name, future in futures.items()}


def database_works() -> bool:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def migrations_are_applied() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def redis_takes_writes() -> bool:
    """A Redis that is full or a read-only replica answers, but takes no jobs."""
    return bool(django_rq.get_connection("default").set(PROBE_KEY, "1", ex=PROBE_SECONDS))


def workers_serve_every_queue() -> bool:
    """By the heartbeats in the database, which outlive a Redis that came back empty."""
    living = list(workers.living())
    able = [worker for worker in living if not worker.problem]
    if {name for worker in able for name in worker.queues} >= settings.NEEDED_QUEUES:
        return True
    if len(able) < len(living):
        raise DownError("A worker stepped aside; see its log.")
    return False


def media_can_grow() -> bool:
    if reason := identity.problem():
        raise DownError(reason)
    return local.free_bytes() > FREE_BYTES_NEEDED


def bucket_answers() -> bool:
    the_store().sizes("hls/0")  # a listing, of what there never is
    return True


def ffmpeg_is_there() -> bool:
    return shutil.which(find_ffmpeg(settings.FFMPEG_BINARY)) is not None


CHECKS: dict[str, Check] = {
    "database": database_works,
    "migrations": migrations_are_applied,
    "redis": redis_takes_writes,
    "worker": workers_serve_every_queue,
    "media": media_can_grow,
    "bucket": bucket_answers,
    "ffmpeg": ffmpeg_is_there,
}
NO_REASON = "down"


def _started(name: str) -> Future[str]:
    """Run a check in a thread of its own; one that still hangs is not started again."""
    with _lock:
        future = _running.get(name)
        if future is None or future.done():
            future = _running[name] = Future()
            threading.Thread(target=_run, args=(name, future), daemon=True).start()
        return future


def _run(name: str, future: Future[str]) -> None:
    problem = NO_REASON
    try:
        problem = "" if CHECKS[name]() else NO_REASON
    except DownError as error:
        problem = str(error)
    except (DatabaseError, RedisError, EncodeError, OSError) as error:
        logger.warning("component_down", extra={"component": name, "reason": str(error)})
    finally:
        connections.close_all()
        future.set_result(problem)


def _result(future: Future[str], deadline: float) -> str:
    try:
        return future.result(max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        return NO_REASON
