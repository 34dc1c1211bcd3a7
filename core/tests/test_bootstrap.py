"""`manage.py bootstrap` and `healthcheck`: what containers and the launcher begin with."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from core.management.commands import bootstrap, healthcheck
from core.settings.secrets import stored_secret
from tests.stack import free_port


@pytest.mark.django_db(transaction=True)
def test_it_may_run_any_number_of_times(settings: Any) -> None:
    settings.STATIC_COLLECTED = False

    call_command("bootstrap", verbosity=0)
    call_command("bootstrap", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_it_makes_the_superuser_and_never_changes_it(settings: Any, django_user_model: Any) -> None:
    settings.STATIC_COLLECTED = False
    settings.SUPERUSER_EMAIL = "boss@example.com"
    settings.SUPERUSER_PASSWORD = "first-password"
    call_command("bootstrap", verbosity=0)
    settings.SUPERUSER_PASSWORD = "second-password"
    call_command("bootstrap", verbosity=0)

    boss = django_user_model.objects.get(email="boss@example.com")

    assert boss.is_superuser
    assert boss.check_password("first-password")


def test_it_gives_a_database_that_is_away_some_time_and_then_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    started = time.monotonic()

    with pytest.raises(CommandError, match="cannot be reached: connection refused"):
        bootstrap.wait_for_database(1)
    assert 1 <= time.monotonic() - started < 3


def test_it_goes_on_when_the_database_comes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([OperationalError("starting up"), None])

    def come_up() -> None:
        if error := next(answers):
            raise error

    monkeypatch.setattr(connection, "ensure_connection", come_up)

    bootstrap.wait_for_database(10)


def test_a_worker_waits_for_somebody_elses_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    applied = iter([False, False, True])
    monkeypatch.setattr(bootstrap, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(bootstrap, "migrations_are_applied", lambda: next(applied))

    bootstrap.wait_for_migrations()

    assert next(applied, None) is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_migrate_one_after_the_other() -> None:
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


def test_two_processes_at_once_agree_on_a_secret(tmp_path: Path) -> None:
    path, found = tmp_path / "var" / "key", []
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


def test_a_web_process_that_does_not_answer_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(free_port()))

    with pytest.raises(CommandError, match="does not answer"):
        healthcheck.check_web()


def test_a_container_without_a_worker_is_unhealthy() -> None:
    with pytest.raises(CommandError, match="No worker of this machine"):
        healthcheck.check_worker()


def test_a_worker_without_redis_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis(port=free_port())
    monkeypatch.setattr(healthcheck.django_rq, "get_connection", lambda name: gone)

    with pytest.raises(CommandError, match="Redis does not answer"):
        healthcheck.check_worker()
