"""`manage.py bootstrap` and `healthcheck`: what containers and the launcher begin with."""

import os
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from core.management.commands import bootstrap, healthcheck
from core.settings.secrets import stored_secret
from tests.stack import free_port
from video_app.models import Worker
from video_app.work import clock, workers


@pytest.mark.django_db(transaction=True)
def test_runs_any_number_of_times(settings: Any) -> None:
    settings.STATIC_COLLECTED = False

    call_command("bootstrap", verbosity=0)
    call_command("bootstrap", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_makes_superuser_and_never_changes_it(settings: Any, django_user_model: Any) -> None:
    settings.STATIC_COLLECTED = False
    settings.SUPERUSER_EMAIL = "boss@example.com"
    settings.SUPERUSER_PASSWORD = "first-password"
    call_command("bootstrap", verbosity=0)
    settings.SUPERUSER_PASSWORD = "second-password"
    call_command("bootstrap", verbosity=0)

    boss = django_user_model.objects.get(email="boss@example.com")

    assert boss.is_superuser
    assert boss.check_password("first-password")


def test_waits_for_database_then_reports_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    started = time.monotonic()

    with pytest.raises(CommandError, match="cannot be reached: connection refused"):
        bootstrap.wait_for_database(1)
    assert 1 <= time.monotonic() - started < 3


def test_continues_when_database_comes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([OperationalError("starting up"), None])

    def come_up() -> None:
        if error := next(answers):
            raise error

    monkeypatch.setattr(connection, "ensure_connection", come_up)

    bootstrap.wait_for_database(10)


def test_worker_waits_for_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    applied = iter([False, False, True])
    monkeypatch.setattr(bootstrap, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(bootstrap, "migrations_are_applied", lambda: next(applied))

    bootstrap.wait_for_migrations()

    assert next(applied, None) is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_migrates_one_at_a_time() -> None:
    order: list[str] = []

    def second() -> None:
        with bootstrap.one_at_a_time():
            order.append("second")
        connection.close()

    thread = threading.Thread(target=second)
    with bootstrap.one_at_a_time():
        thread.start()
        time.sleep(0.3)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


@pytest.mark.parametrize("damage", [None, b"", b"\n", b"\0" * 64, b"\xff\xfe\x00"], ids=str)
def test_gives_parallel_processes_one_secret(tmp_path: Path, damage: bytes | None) -> None:
    path, found = tmp_path / "var" / "key", []
    if damage is not None:
        path.parent.mkdir()
        path.write_bytes(damage)
    threads = [
        threading.Thread(target=lambda: found.append(stored_secret(path))) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 20
    assert set(found) == {path.read_text()}
    assert len(path.read_text()) > 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]


def test_keeps_stored_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("mine\n")

    assert stored_secret(tmp_path / "key") == "mine"
    assert (tmp_path / "key").read_text() == "mine\n"


def test_starts_with_empty_secret_file(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    env = {"PATH": os.environ["PATH"], "IGNORE_DOTENV": "1", "VAR_DIR": str(tmp_path)}

    subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=django_settings.BASE_DIR,
        env=env | {"DJANGO_SETTINGS_MODULE": "core.settings", "MEDIA_ROOT": str(tmp_path)},
        check=True,
    )

    assert len((tmp_path / "secret_key").read_text()) > 50


def test_reports_web_process_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(free_port()))

    with pytest.raises(CommandError, match="does not answer"):
        healthcheck.check_web()


@pytest.mark.django_db
def test_reports_container_without_worker() -> None:
    Worker.objects.create(host="another", started_at=clock.now(), seen_at=clock.now())

    with pytest.raises(CommandError, match="No worker of this machine"):
        healthcheck.check_worker()


@pytest.mark.django_db
def test_accepts_container_with_living_worker() -> None:
    workers.beat(uuid.uuid4(), ["short"])

    healthcheck.check_worker()


@pytest.mark.django_db
def test_reports_container_with_silent_worker() -> None:
    workers.beat(uuid.uuid4(), ["short"])
    Worker.objects.update(seen_at=clock.ago(workers.SILENCE_SECONDS + 1))

    with pytest.raises(CommandError, match="No worker of this machine"):
        healthcheck.check_worker()


def test_reports_worker_without_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(healthcheck.workers, "living", refuse)

    with pytest.raises(CommandError, match="The database does not answer"):
        healthcheck.check_worker()
