"""Is everything there that the product needs? `/health/` and its kin.

`/healthz/` and `/health/live/` only say that the process answers: a database that
blinks must not get every container restarted. `/health/ready/` is for whoever sends
requests here, `/health/` for people and monitors. Names and states only, no versions.
"""

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django_rq
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import Error as DatabaseError
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError
from rq import Worker

from video_app.pipeline.errors import EncodeError
from video_app.pipeline.ffmpeg import find_ffmpeg

logger = logging.getLogger(__name__)

SECONDS_PER_CHECK = 3.0
FREE_BYTES_NEEDED = 512 * 1024**2
# An idle worker says that it lives 15 s before its `--worker-ttl` is over.
WORKER_SILENCE = timedelta(seconds=200)

Check = Callable[[], bool]
_running: dict[str, Future[bool]] = {}
_lock = threading.Lock()


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    return _answer(("database", "migrations", "redis"))


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    return _answer(("database", "redis", "worker", "media", "ffmpeg"))


def components(names: Iterable[str]) -> dict[str, bool]:
    """Name → whether it works. All checks run at once; none takes longer than 3 s."""
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


def redis_answers() -> bool:
    return bool(django_rq.get_connection("default").ping())


def workers_serve_every_queue() -> bool:
    since = datetime.now(UTC) - WORKER_SILENCE
    workers = Worker.all(connection=django_rq.get_connection("default"))
    alive = [worker for worker in workers if _heartbeat(worker) > since]
    return {name for worker in alive for name in worker.queue_names()} >= settings.NEEDED_QUEUES


def media_can_grow() -> bool:
    root = Path(settings.MEDIA_ROOT)
    with tempfile.TemporaryFile(dir=root) as file:
        file.write(b"1")
    return shutil.disk_usage(root).free > FREE_BYTES_NEEDED


def ffmpeg_is_there() -> bool:
    return shutil.which(find_ffmpeg(settings.FFMPEG_BINARY)) is not None


CHECKS: dict[str, Check] = {
    "database": database_works,
    "migrations": migrations_are_applied,
    "redis": redis_answers,
    "worker": workers_serve_every_queue,
    "media": media_can_grow,
    "ffmpeg": ffmpeg_is_there,
}


def _answer(names: Iterable[str]) -> JsonResponse:
    states = components(names)
    fine = all(states.values())
    body = {
        "status": "ok" if fine else "error",
        "components": {name: "ok" if works else "down" for name, works in states.items()},
    }
    return JsonResponse(body, status=200 if fine else 503)


def _started(name: str) -> Future[bool]:
    """Run a check in a thread of its own; one that still hangs is not started again."""
    with _lock:
        future = _running.get(name)
        if future is None or future.done():
            future = _running[name] = Future()
            threading.Thread(target=_run, args=(name, future), daemon=True).start()
        return future


def _run(name: str, future: Future[bool]) -> None:
    works = False
    try:
        works = CHECKS[name]()
    except (DatabaseError, RedisError, EncodeError, OSError) as error:
        logger.warning("%s is down: %s", name, error)
    finally:
        connections.close_all()
        future.set_result(works)


def _result(future: Future[bool], deadline: float) -> bool:
    try:
        return future.result(max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        return False


def _heartbeat(worker: Worker) -> datetime:
    beat = worker.last_heartbeat
    return beat.replace(tzinfo=beat.tzinfo or UTC) if beat else datetime.min.replace(tzinfo=UTC)
