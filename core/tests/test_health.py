"""Health: what is up, what is down, and never for longer than three seconds."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import Error as DatabaseError
from django.test import Client

from core import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> dict[str, health.Check]:
    """All checks are fine unless a test breaks one; the real ones have their own tests."""
    fine = dict.fromkeys(health.CHECKS, lambda: True)
    monkeypatch.setattr(health, "CHECKS", fine)
    return fine


@pytest.mark.parametrize("path", ["/healthz", "/healthz/", "/health/live", "/health/ready"])
def test_it_answers_strangers_with_and_without_the_slash(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert response.json()["status"] == "ok"


def test_health_names_every_component(client: Client) -> None:
    names = client.get("/health/").json()["components"]

    assert names == dict.fromkeys(["database", "redis", "worker", "media", "ffmpeg"], "ok")


@pytest.mark.parametrize("name", ["database", "redis", "worker", "media", "ffmpeg"])
def test_one_component_down_is_503_and_named(client: Client, checks: Any, name: str) -> None:
    checks[name] = lambda: False

    response = client.get("/health/")

    assert response.status_code == 503
    assert [n for n, state in response.json()["components"].items() if state == "down"] == [name]


def test_an_error_inside_a_check_is_a_component_that_is_down(client: Client, checks: Any) -> None:
    def broken() -> bool:
        raise DatabaseError("secret details")

    checks["database"] = broken

    response = client.get("/health/")

    assert response.status_code == 503
    assert b"secret" not in response.content


def test_a_check_that_hangs_costs_three_seconds_at_most(client: Client, checks: Any) -> None:
    release = threading.Event()
    checks["media"] = lambda: release.wait(20)
    started = time.monotonic()

    response = client.get("/health/")
    release.set()

    assert response.json()["components"]["media"] == "down"
    assert time.monotonic() - started < 4


def test_a_check_that_still_hangs_is_not_started_again(client: Client, checks: Any) -> None:
    release, starts = threading.Event(), []

    def hanging() -> bool:
        starts.append(1)
        return release.wait(20)

    checks["media"] = hanging
    client.get("/health/")
    client.get("/health/")
    release.set()

    assert len(starts) == 1


def test_liveness_does_not_look_at_dependencies(client: Client, checks: Any) -> None:
    for name in checks:
        checks[name] = lambda: False

    assert client.get("/healthz").status_code == 200


def test_the_real_checks_of_this_process_find_what_is_there(settings: Any) -> None:
    assert health.redis_answers()
    assert health.media_can_grow()
    assert health.ffmpeg_is_there()
    assert health.migrations_are_applied()


def test_without_a_worker_the_queues_are_not_served() -> None:
    assert not health.workers_serve_every_queue()


def test_a_media_folder_that_is_gone_is_down(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "gone")

    with pytest.raises(OSError, match="gone"):
        health.media_can_grow()


def test_a_nearly_full_disk_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FREE_BYTES_NEEDED", 10**18)

    assert not health.media_can_grow()


def test_an_ffmpeg_that_does_not_exist_is_down(settings: Any) -> None:
    settings.FFMPEG_BINARY = "/nowhere/ffmpeg"

    assert not health.ffmpeg_is_there()
