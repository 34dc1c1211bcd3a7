"""Leases: one owner at a time, also for threads that ask at the same moment."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from video_app import leases
from video_app.models import Chunk, ChunkState
from video_app.tests.films import make_build, make_plan, make_video

pytestmark = pytest.mark.django_db


def make_chunk(**fields: Any) -> Any:
    """A queryset of one due chunk."""
    build = make_build(make_video(), make_plan(segments=2, chunk=2), done=0)
    rows = Chunk.objects.filter(build=build)
    rows.update(**fields)
    return rows


def in_threads(call: Callable[[], Any], count: int) -> list[Any]:
    """What `call` returns in so many threads that start together."""
    start = threading.Barrier(count)
    results = []

    def run() -> None:
        start.wait()
        try:
            results.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def expire(rows: Any) -> None:
    rows.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_free_row_can_be_claimed() -> None:
    chunk = make_chunk()
    token = leases.claim(chunk)
    assert chunk.get().lease_token == token
    assert chunk.get().lease_until > timezone.now()
    assert chunk.get().attempts == 1


def test_a_held_row_cannot_be_claimed() -> None:
    chunk = make_chunk()
    leases.claim(chunk)
    assert leases.claim(chunk) is None
    assert chunk.get().attempts == 1


def test_an_expired_lease_is_taken_over() -> None:
    chunk = make_chunk()
    first = leases.claim(chunk)
    expire(chunk)
    second = leases.claim(chunk)
    assert second not in (None, first)


def test_a_row_without_attempts_left_cannot_be_claimed(settings: Any) -> None:
    assert leases.claim(make_chunk(attempts=settings.MAX_ATTEMPTS)) is None


def test_a_row_that_does_not_match_cannot_be_claimed() -> None:
    assert leases.claim(make_chunk().filter(index=7)) is None


def test_claiming_means_that_the_bell_was_heard() -> None:
    chunk = make_chunk(enqueued_at=timezone.now())
    leases.claim(chunk)
    assert chunk.get().enqueued_at is None


@pytest.mark.django_db(transaction=True)
def test_of_many_that_claim_at_once_one_wins() -> None:
    chunk = make_chunk()
    tokens = in_threads(lambda: leases.claim(chunk.all()), 6)
    assert [token for token in tokens if token] == [chunk.get().lease_token]
    assert chunk.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_that_take_over_at_once_one_wins() -> None:
    chunk = make_chunk()
    leases.claim(chunk)
    expire(chunk)
    tokens = in_threads(lambda: leases.claim(chunk.all()), 6)
    assert sum(token is not None for token in tokens) == 1


def test_the_owner_keeps_its_lease() -> None:
    chunk = make_chunk()
    token = leases.claim(chunk)
    assert token
    before = chunk.get().lease_until
    assert leases.renew(chunk, token, seconds_done=1.5)
    assert chunk.get().lease_until > before
    assert chunk.get().seconds_done == 1.5


def test_a_lease_that_was_taken_over_cannot_be_renewed() -> None:
    chunk = make_chunk()
    first = leases.claim(chunk)
    assert first
    expire(chunk)
    second = leases.claim(chunk)
    assert not leases.renew(chunk, first, seconds_done=9)
    assert chunk.get().lease_token == second
    assert chunk.get().seconds_done == 0


def test_an_owner_that_was_slow_but_not_replaced_goes_on() -> None:
    chunk = make_chunk()
    token = leases.claim(chunk)
    assert token
    expire(chunk)
    assert leases.renew(chunk, token)
    assert leases.claim(chunk) is None


def test_the_owner_gives_its_lease_back() -> None:
    chunk = make_chunk()
    token = leases.claim(chunk)
    assert token
    assert leases.release(chunk, token, state=ChunkState.DONE)
    assert (chunk.get().lease_token, chunk.get().lease_until) == (None, None)
    assert chunk.get().state == ChunkState.DONE


def test_a_stranger_cannot_release() -> None:
    chunk = make_chunk()
    token = leases.claim(chunk)
    assert not leases.release(chunk, uuid.uuid4(), state=ChunkState.DONE)
    assert chunk.get().lease_token == token
    assert chunk.get().state == ChunkState.DUE
