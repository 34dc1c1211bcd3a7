"""Leases: one owner at a time, also for threads that ask at the same moment."""

import uuid
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from video_app.models import Chunk, ChunkState
from video_app.pipeline.errors import LeaseLostError
from video_app.tests.concurrency import in_threads, raising
from video_app.tests.films import ago, make_build, make_plan, make_video
from video_app.work import workers
from video_app.work.lease import Lease, claim, patiently

pytestmark = pytest.mark.django_db


def make_chunk(**fields: Any) -> Any:
    """A queryset of one due chunk."""
    build = make_build(make_video(), make_plan(segments=2, chunk=2), done=0)
    rows = Chunk.objects.filter(build=build)
    rows.update(**fields)
    return rows


def hold(chunk: Any) -> Lease:
    lease = claim(chunk)
    assert lease
    return lease


def expire(rows: Any) -> None:
    rows.update(lease_until=ago(1))


class TestClaim:
    def test_claims_free_row(self):
        chunk = make_chunk()

        lease = hold(chunk)

        assert chunk.get().lease_token == lease.token
        assert chunk.get().lease_until > timezone.now()
        assert chunk.get().attempts == 1

    def test_does_not_claim_held_row(self):
        chunk = make_chunk()
        hold(chunk)

        assert claim(chunk) is None
        assert chunk.get().attempts == 1

    def test_takes_over_expired_lease(self):
        chunk = make_chunk()
        first = hold(chunk)
        expire(chunk)

        assert hold(chunk).token != first.token

    def test_does_not_claim_row_without_attempts_left(self, settings: Any):
        assert claim(make_chunk(attempts=settings.MAX_ATTEMPTS)) is None

    def test_does_not_claim_row_that_does_not_match(self):
        assert claim(make_chunk().filter(index=7)) is None

    def test_claiming_clears_the_note_of_the_job(self):
        chunk = make_chunk(enqueued_at=timezone.now())

        hold(chunk)

        assert chunk.get().enqueued_at is None

    def test_names_the_worker_that_holds_it(self, monkeypatch: pytest.MonkeyPatch):
        worker = uuid.uuid4()
        monkeypatch.setattr(workers, "_current", worker)
        chunk = make_chunk()

        hold(chunk)

        assert chunk.get().lease_worker == worker

    @pytest.mark.django_db(transaction=True)
    def test_lets_one_of_many_claim_at_once(self):
        chunk = make_chunk()

        found = in_threads(lambda: claim(chunk.all()), 6)

        assert [lease.token for lease in found if lease] == [chunk.get().lease_token]
        assert chunk.get().attempts == 1

    @pytest.mark.django_db(transaction=True)
    def test_lets_one_of_many_take_over_at_once(self):
        chunk = make_chunk()
        hold(chunk)
        expire(chunk)

        found = in_threads(lambda: claim(chunk.all()), 6)

        assert sum(lease is not None for lease in found) == 1


class TestRenew:
    def test_renews_held_lease_with_changes(self):
        chunk = make_chunk()
        lease = hold(chunk)
        before = chunk.get().lease_until

        assert lease.renew(seconds_done=1.5)
        assert chunk.get().lease_until > before
        assert chunk.get().seconds_done == 1.5

    def test_does_not_renew_lease_that_was_taken_over(self):
        chunk = make_chunk()
        first = hold(chunk)
        expire(chunk)
        second = hold(chunk)

        assert not first.renew(seconds_done=9)
        assert chunk.get().lease_token == second.token
        assert chunk.get().seconds_done == 0

    def test_renews_expired_lease_that_nobody_took(self):
        chunk = make_chunk()
        lease = hold(chunk)
        expire(chunk)

        assert lease.renew()
        assert claim(chunk) is None

    def test_does_not_renew_work_that_is_no_longer_wanted(self):
        chunk = make_chunk()
        lease = hold(chunk.filter(state=ChunkState.DUE, seconds_done=0))
        chunk.update(seconds_done=1)

        assert not lease.renew()


class TestRelease:
    def test_releases_lease_with_changes(self):
        chunk = make_chunk()

        assert hold(chunk).release(state=ChunkState.DONE)

        found = chunk.get()
        assert (found.lease_token, found.lease_until, found.lease_worker) == (None, None, None)
        assert found.state == ChunkState.DONE

    def test_does_not_release_lease_of_another(self):
        chunk = make_chunk()
        lease = hold(chunk)
        stranger = Lease(chunk, lease.pk, uuid.uuid4())

        assert not stranger.release(state=ChunkState.DONE)
        assert chunk.get().lease_token == lease.token
        assert chunk.get().state == ChunkState.DUE

    def test_hands_back_without_counting_the_attempt(self):
        chunk = make_chunk(attempts=1)

        assert hold(chunk).hand_back()

        assert (chunk.get().attempts, chunk.get().lease_token) == (1, None)


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("video_app.work.lease.time.monotonic", lambda: self.now)
        monkeypatch.setattr("video_app.work.lease.time.sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


class TestKeep:
    def test_renews_every_two_seconds(self, clock: Clock, monkeypatch: pytest.MonkeyPatch):
        lease, renewals = hold(make_chunk()), []
        monkeypatch.setattr(lease, "renew", lambda: renewals.append(clock.now) or True)

        for _ in range(10):
            clock.now += 1
            lease.keep()

        assert len(renewals) == 5

    def test_stops_work_whose_lease_is_lost(self, clock: Clock):
        chunk = make_chunk()
        lease = hold(chunk)
        chunk.update(lease_token=uuid.uuid4())
        clock.now += 5

        with pytest.raises(LeaseLostError):
            lease.keep()

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
    def test_bears_absent_database_for_as_long_as_the_lease(
        self, clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
    ):
        lease = hold(make_chunk())
        monkeypatch.setattr(lease, "renew", raising(error))

        clock.now += settings.LEASE_SECONDS - 1
        lease.keep()
        clock.now += 2
        with pytest.raises(LeaseLostError):
            lease.keep()

    @pytest.mark.django_db(transaction=True)
    def test_goes_on_when_the_database_is_back(
        self, clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch
    ):
        lease = hold(make_chunk())
        with monkeypatch.context() as away:
            away.setattr(lease, "renew", raising(OperationalError("away")))
            clock.now += settings.LEASE_SECONDS - 1
            lease.keep()

        lease.keep()
        clock.now += settings.LEASE_SECONDS - 1
        lease.keep()


@pytest.mark.django_db(transaction=True)
class TestPatience:
    @pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
    def test_changes_once_the_database_is_back(self, clock: Clock, error: Exception):
        calls: list[float] = []

        def change() -> str:
            calls.append(clock.now)
            if len(calls) < 4:
                raise error
            return "changed"

        assert patiently(change) == "changed"
        assert len(calls) == 4

    def test_gives_up_after_the_time_of_a_lease(self, clock: Clock, settings: Any):
        before = clock.now

        with pytest.raises(OperationalError):
            patiently(raising(OperationalError("away")))

        assert settings.LEASE_SECONDS <= clock.now - before <= settings.LEASE_SECONDS + 2

    def test_passes_other_errors_on_at_once(self, clock: Clock):
        with pytest.raises(ValueError, match="wrong"):
            patiently(raising(ValueError("wrong")))

        assert clock.now == 1000.0
