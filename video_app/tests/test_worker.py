"""The RQ worker: what it does between jobs, without Redis, and with a job that must stop."""

import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import django_rq
import pytest
from django.db import InterfaceError, OperationalError, connection
from redis.exceptions import ConnectionError as RedisConnectionError
from rq.serializers import JSONSerializer

from video_app.tests.films import make_video
from video_app.worker import FilmWorker

pytestmark = pytest.mark.django_db(transaction=True)


def make_worker(**options: Any) -> FilmWorker:
    queue = django_rq.get_queue("transcode")
    return FilmWorker([queue], connection=queue.connection, **options)


def raising(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


def test_it_reads_json_whatever_it_is_told() -> None:
    worker = make_worker(serializer="rq.serializers.DefaultSerializer")
    assert worker.serializer is JSONSerializer


def test_it_looks_for_lost_work_between_jobs() -> None:
    video = make_video()
    make_worker().run_maintenance_tasks()
    assert django_rq.get_queue("urgent").job_ids == [f"plan_video-{video.pk}-1"]


def test_it_wakes_up_for_each_sweep(settings: Any) -> None:
    settings.SWEEP_SECONDS = 7
    worker = make_worker(worker_ttl=180)
    assert (worker.dequeue_timeout, worker.maintenance_interval) == (7, 7)


def test_it_holds_no_connection_that_a_fork_could_inherit() -> None:
    make_worker().run_maintenance_tasks()
    assert connection.connection is None


@pytest.mark.parametrize(
    "error", [OperationalError("away"), InterfaceError("closed"), PermissionError("sources")]
)
def test_what_is_away_puts_the_sweep_off(
    monkeypatch: pytest.MonkeyPatch, caplog: Any, error: Exception
) -> None:
    monkeypatch.setattr("video_app.worker.reconcile", raising(error))
    make_worker().run_maintenance_tasks()
    assert "put off" in caplog.text


def test_a_job_goes_on_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = make_worker()
    monkeypatch.setattr(worker, "connection", SimpleNamespace(pipeline=raising(gone())))
    worker.maintain_heartbeats(None)


def gone() -> RedisConnectionError:
    return RedisConnectionError("gone")


def test_a_job_that_is_stopped_may_tidy_up(tmp_path: Any) -> None:
    seconds, status = stop_horse(
        "import signal,sys,time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        f"open({str(tmp_path / 'up')!r}, 'w').close()\n"
        "time.sleep(60)",
        tmp_path,
    )
    assert status == 7
    assert seconds < 2


def test_a_job_that_does_not_listen_is_killed(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("video_app.worker.LEAVE_SECONDS", 0.2)
    _, status = stop_horse(
        "import signal,time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(tmp_path / 'up')!r}, 'w').close()\n"
        "time.sleep(60)",
        tmp_path,
    )
    assert status == -signal.SIGKILL


def stop_horse(code: str, tmp_path: Any) -> tuple[float, int]:
    """How long it takes to stop a job that runs this code, and how it ended."""
    worker = make_worker()
    with subprocess.Popen([sys.executable, "-c", code], process_group=0) as horse:
        while not (tmp_path / "up").exists():
            time.sleep(0.01)
        worker._horse_pid = horse.pid
        before = time.monotonic()
        worker.kill_horse()
        return time.monotonic() - before, horse.wait()


def test_stopping_no_job_hurts_nobody() -> None:
    make_worker().kill_horse()
    assert os.getpid()
