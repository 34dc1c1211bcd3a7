"""The RQ worker: what it does between jobs, without Redis, and with a job that must stop."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django_rq
import pytest
from django.db import InterfaceError, OperationalError, connection
from redis.exceptions import ConnectionError as RedisConnectionError
from rq.job import Job
from rq.serializers import JSONSerializer

from video_app.models import Worker as WorkerRow
from video_app.store import identity
from video_app.tests.concurrency import raising
from video_app.tests.films import hold_chunk, jobs, make_encoding, make_video
from video_app.work import machine, workers
from video_app.work.worker import FilmWorker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
GONE = RedisConnectionError("gone")


def make_worker(**options: Any) -> FilmWorker:
    queue = django_rq.get_queue("transcode")
    return FilmWorker([queue], connection=queue.connection, **options)


@pytest.fixture
def _signals() -> Iterator[None]:
    """A worker that works in this process takes its signals."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


class TestBetweenJobs:
    def test_reads_json_whatever_it_is_told(self):
        worker = make_worker(serializer="rq.serializers.DefaultSerializer")

        assert worker.serializer is JSONSerializer

    def test_looks_for_lost_work(self):
        video = make_video()

        make_worker().run_maintenance_tasks()

        assert jobs("urgent") == [f"plan_video-{video.pk}-1"]

    def test_wakes_up_for_each_sweep(self, settings: Any):
        settings.SWEEP_SECONDS = 7
        worker = make_worker(worker_ttl=180)

        assert (worker.dequeue_timeout, worker.maintenance_interval) == (7, 7)

    def test_holds_no_connection_that_a_fork_could_inherit(self):
        make_worker().run_maintenance_tasks()

        assert connection.connection is None

    @pytest.mark.parametrize(
        "error", [OperationalError("away"), InterfaceError("closed"), PermissionError("sources")]
    )
    def test_postpones_sweep_while_something_is_away(
        self, monkeypatch: pytest.MonkeyPatch, caplog: Any, error: Exception
    ):
        monkeypatch.setattr("video_app.work.sweeper.sweep", raising(error))

        make_worker().run_maintenance_tasks()

        assert "housekeeping_postponed" in caplog.messages

    @pytest.mark.usefixtures("_signals")
    def test_is_known_while_it_works(self, monkeypatch: pytest.MonkeyPatch):
        seen: list[Any] = []
        worker = make_worker()
        monkeypatch.setattr(
            worker, "run_maintenance_tasks", lambda: seen.append(WorkerRow.objects.get().pk)
        )

        worker.work(burst=True)

        assert seen[:1] == [worker.identity]
        assert not WorkerRow.objects.exists()


class TestRedis:
    def test_goes_on_with_a_job_without_redis(self, monkeypatch: pytest.MonkeyPatch):
        worker = make_worker()
        monkeypatch.setattr(worker, "connection", SimpleNamespace(pipeline=raising(GONE)))

        worker.maintain_heartbeats(None)

    def test_registers_again_at_empty_redis(self):
        worker = make_worker()
        worker.register_birth()
        worker.connection.flushdb()

        worker.heartbeat()

        assert [found.name for found in FilmWorker.all(worker.connection)] == [worker.name]
        assert worker.connection.hexists(worker.key, "birth")

    def test_stays_registered_at_full_redis(self):
        worker = make_worker()
        worker.register_birth()
        birth = worker.connection.hget(worker.key, "birth")

        worker.heartbeat()

        assert worker.connection.hget(worker.key, "birth") == birth


class TestForeignJobs:
    """Whoever can write to Redis must not be able to run code."""

    def put(self, function: str, arguments: list[Any]) -> str:
        """Into Redis by hand, as JSON: the client would refuse."""
        queue = django_rq.get_queue("transcode")
        body = zlib.compress(json.dumps([function, None, arguments, {}]).encode())
        fields = {"data": body, "origin": queue.name, "status": "queued", "created_at": NOW}
        queue.connection.hset("rq:job:foreign", mapping=fields)
        queue.connection.sadd("rq:queues", queue.key)
        queue.connection.rpush(queue.key, "foreign")
        return "foreign"

    @pytest.mark.usefixtures("_signals")
    @pytest.mark.parametrize(
        ("function", "arguments"),
        [
            ("subprocess.getoutput", ["touch {}"]),
            ("os.system", ["touch {}"]),
            ("pathlib.Path.touch", ["{}"]),
            ("video_app.tasks._work", []),
            ("video_app.tasks.order.run_next", []),
            ("django.core.management.call_command", ["flush"]),
        ],
    )
    def test_refuses_foreign_job(
        self, tmp_path: Path, caplog: Any, function: str, arguments: list[str]
    ):
        trace = tmp_path / "trace"
        self.put(function, [argument.format(trace) for argument in arguments])
        worker = make_worker()

        worker.work(burst=True, logging_level="ERROR")

        assert not trace.exists()
        assert "foreign_job_refused" in caplog.messages
        assert not worker.connection.exists("rq:job:foreign")
        assert django_rq.get_queue("transcode").intermediate_queue.get_job_ids() == []
        assert jobs("transcode") == []
        assert worker.successful_job_count == worker.failed_job_count == 0

    @pytest.mark.usefixtures("_signals")
    def test_goes_on_with_the_next_job(self, monkeypatch: pytest.MonkeyPatch):
        ran: list[str] = []
        self.put("subprocess.getoutput", ["true"])
        django_rq.get_queue("transcode").enqueue_call(
            "video_app.tasks.make_extras", args=(404,), job_id="ours"
        )
        monkeypatch.setattr(
            "rq.worker.Worker.execute_job", lambda self, job, queue: ran.append(job.id)
        )

        make_worker().work(burst=True, logging_level="ERROR")

        assert ran == ["ours"]


NOW = "2026-01-01T00:00:00.000000Z"


class TestKilledJob:
    def make_job(self) -> Job:
        queue = django_rq.get_queue("transcode")
        return queue.enqueue_call("video_app.tasks.make_extras", args=(404,), job_id="killed")

    def test_frees_what_killed_job_held_and_counts_the_attempt(self):
        worker = make_worker()
        worker.identity = workers.begin(["transcode"])
        build = make_encoding(1)
        hold_chunk(build, 0)

        worker.handle_work_horse_killed(self.make_job(), 1, 9, None)

        found = build.chunks.get()
        assert (found.lease_token, found.attempts) == (None, 1)
        assert jobs("urgent") == [f"encode_chunk-{build.pk}-0"]

    def test_bears_absent_database(self, monkeypatch: pytest.MonkeyPatch, caplog: Any):
        worker = make_worker()
        worker.identity = uuid.uuid4()
        monkeypatch.setattr(workers, "free_work_of_killed_job", raising(OperationalError("away")))

        worker.handle_work_horse_killed(self.make_job(), 1, 9, None)

        assert "killed_job_not_freed" in caplog.messages


class TestAside:
    @pytest.fixture
    def worker(self) -> FilmWorker:
        worker = make_worker()
        worker.register_birth()
        worker.identity = workers.begin(["transcode"])
        return worker

    def test_takes_jobs_at_once_when_nothing_was_reported(
        self, worker: FilmWorker, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(machine, "storage_problem", raising(AssertionError()))

        worker._wait_until_well()

    def test_steps_aside_until_its_machine_is_well(
        self, worker: FilmWorker, media: Path, monkeypatch: pytest.MonkeyPatch
    ):
        naps: list[str] = []
        workers.report("The media folder is away.")
        mark = identity.read_mark()
        (media / identity.MARK).unlink()

        def mount(seconds: float) -> None:
            naps.append(workers.reported(workers.current()))
            if len(naps) == 3:
                identity.write_mark(mark)

        monkeypatch.setattr("video_app.work.worker.time.sleep", mount)
        worker._wait_until_well()

        assert naps == [identity.AWAY] * 3
        assert workers.reported(workers.current()) == ""

    def test_stops_when_asked_to_while_aside(self, worker: FilmWorker, media: Path):
        workers.report("The media folder is away.")
        (media / identity.MARK).unlink()
        worker._stop_requested = True

        worker._wait_until_well()


class TestStop:
    def test_lets_stopped_job_tidy_up(self, tmp_path: Path):
        seconds, status = stop_horse(
            "import signal,sys,time\n"
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
            f"open({str(tmp_path / 'up')!r}, 'w').close()\n"
            "time.sleep(60)",
            tmp_path,
        )
        assert status == 7
        assert seconds < 2

    def test_kills_job_that_does_not_listen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("video_app.work.job_process.LEAVE_SECONDS", 0.2)
        _, status = stop_horse(
            "import signal,time\n"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            f"open({str(tmp_path / 'up')!r}, 'w').close()\n"
            "time.sleep(60)",
            tmp_path,
        )
        assert status == -signal.SIGKILL

    def test_hurts_nobody_without_a_job(self):
        make_worker().kill_horse()

        assert os.getpid()


def stop_horse(code: str, tmp_path: Path) -> tuple[float, int]:
    """How long it takes to stop a job that runs this code, and how it ended."""
    worker = make_worker()
    with subprocess.Popen([sys.executable, "-c", code], process_group=0) as horse:
        while not (tmp_path / "up").exists():
            time.sleep(0.01)
        worker._horse_pid = horse.pid
        before = time.monotonic()
        worker.kill_horse()
        return time.monotonic() - before, horse.wait()
