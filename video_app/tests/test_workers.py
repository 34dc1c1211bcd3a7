"""Workers that live and die: heartbeats, and whose work is free again."""

import time
import uuid
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from video_app.models import Build, Chunk, Video, Worker
from video_app.tests.concurrency import raising
from video_app.tests.films import ago, hold, hold_chunk, make_encoding, make_film, make_video
from video_app.work import encoding, extras, planning, workers
from video_app.work import heartbeat as heartbeats
from video_app.work.heartbeat import Heartbeat
from video_app.work.lease import Lease, claim
from video_app.work.workers import BEAT_SECONDS, INNOCENT_DEATHS, SILENCE_SECONDS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


@pytest.fixture
def worker() -> uuid.UUID:
    """The worker that this process is."""
    return workers.begin(["urgent"])


@pytest.fixture
def lease(worker: uuid.UUID) -> Lease:
    """On the one chunk that there is."""
    return hold_chunk(make_encoding(1), 0)


def silence(worker: uuid.UUID, seconds: float = SILENCE_SECONDS + 1) -> None:
    Worker.objects.filter(pk=worker).update(seen_at=ago(seconds))


def chunk() -> Chunk:
    return Chunk.objects.get()


class TestRegister:
    def test_registers_worker_with_its_queues(self):
        worker = Worker.objects.get(pk=workers.begin(["urgent", "transcode"]))

        assert worker.queues == ["urgent", "transcode"]
        assert worker.host
        assert worker.seen_at > ago(5)
        assert workers.current() == worker.pk

    def test_takes_the_id_that_its_starter_has_chosen(self, monkeypatch: pytest.MonkeyPatch):
        chosen = uuid.uuid4()
        monkeypatch.setenv(workers.ID_VARIABLE, chosen.hex)

        assert workers.begin(["urgent"]) == chosen

    @pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
    def test_waits_for_the_database(self, monkeypatch: pytest.MonkeyPatch, error: Exception):
        naps: list[float] = []
        beat = workers.beat

        def fail_once(*arguments: Any) -> None:
            if not naps:
                raise error
            beat(*arguments)

        monkeypatch.setattr(workers, "beat", fail_once)
        monkeypatch.setattr(workers.time, "sleep", naps.append)

        assert Worker.objects.filter(pk=workers.begin(["urgent"])).exists()
        assert naps == [BEAT_SECONDS]

    def test_forgets_worker_that_ends_in_order(self, worker: uuid.UUID):
        workers.end(worker)

        assert not Worker.objects.exists()

    def test_says_once_that_worker_stepped_aside_and_came_back(
        self, worker: uuid.UUID, caplog: Any
    ):
        for problem in ("full", "full", "", ""):
            workers.report(problem)

        assert caplog.messages == ["worker_stepped_aside", "worker_came_back"]
        assert workers.reported(worker) == ""


class TestDead:
    def test_frees_work_of_silent_worker_without_counting_an_attempt(
        self, worker: uuid.UUID, lease: Lease
    ):
        silence(worker)

        assert workers.free_work_of_the_dead() == 1

        found = chunk()
        assert (found.lease_token, found.lease_until, found.lease_worker) == (None, None, None)
        assert (found.attempts, found.setbacks) == (0, 1)
        assert claim(encoding.due())

    def test_frees_work_of_every_kind(self, worker: uuid.UUID):
        film = make_film(planned_revision=1)
        hold_chunk(make_encoding(1), 0)
        hold(extras.KIND, pk=film.current_build.pk)
        hold(planning.KIND, pk=make_video().pk)
        silence(worker)

        assert workers.free_work_of_the_dead() == 3
        for model in (Video, Build, Chunk):
            assert not model.objects.filter(lease_token__isnull=False).exists()

    def test_does_not_free_work_of_worker_that_beats(self, worker: uuid.UUID, lease: Lease):
        silence(worker, SILENCE_SECONDS - 5)

        assert workers.free_work_of_the_dead() == 0
        assert lease.renew()

    def test_keeps_work_of_worker_that_was_slow_to_beat(self, worker: uuid.UUID, lease: Lease):
        silence(worker)
        workers.beat(worker, ["urgent"])

        assert workers.free_work_of_the_dead() == 0
        assert lease.renew()

    def test_frees_work_of_worker_that_is_not_known_at_all(self, worker: uuid.UUID, lease: Lease):
        Worker.objects.all().delete()

        assert workers.free_work_of_the_dead() == 1

    def test_does_not_free_work_of_commands(self):
        """They beat not; their lease runs out."""
        hold_chunk(make_encoding(1), 0)

        assert workers.free_work_of_the_dead() == 0

    def test_stops_the_silent_worker_when_it_comes_back(self, worker: uuid.UUID, lease: Lease):
        silence(worker)
        workers.free_work_of_the_dead()
        claim(encoding.due())

        assert not lease.renew()
        assert not encoding.publish(lease, {}, None)

    def test_counts_an_attempt_after_ten_deaths(self, worker: uuid.UUID, lease: Lease):
        """Then the film is what kills them."""
        for deaths in range(1, INNOCENT_DEATHS + 3):
            silence(worker)
            workers.free_work_of_the_dead()
            assert chunk().attempts == max(0, deaths - INNOCENT_DEATHS)
            hold_chunk(Build.objects.get(), 0)

    def test_forgets_worker_after_a_day(self, worker: uuid.UUID):
        silence(worker, workers.FORGET_SECONDS - 60)
        workers.free_work_of_the_dead()
        assert Worker.objects.exists()

        silence(worker, workers.FORGET_SECONDS + 60)
        workers.free_work_of_the_dead()
        assert not Worker.objects.exists()


class TestKnownDeaths:
    def test_buries_worker_and_frees_its_work_at_once(self, worker: uuid.UUID, lease: Lease):
        assert workers.bury(worker) == 1

        assert (chunk().lease_token, chunk().attempts) == (None, 0)
        assert not Worker.objects.exists()

    def test_does_not_bury_the_work_of_others(self, worker: uuid.UUID, lease: Lease):
        assert workers.bury(uuid.uuid4()) == 0
        assert lease.renew()

    def test_counts_an_attempt_for_killed_job(self, worker: uuid.UUID, lease: Lease):
        """Its worker lives: the film took too much memory, or too long."""
        assert workers.free_work_of_killed_job(worker) == 1

        assert (chunk().lease_token, chunk().attempts, chunk().setbacks) == (None, 1, 0)
        assert Worker.objects.exists()


class Clock:
    now = 1000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("video_app.work.heartbeat.time.monotonic", lambda: clock.now)
    return clock


class TestHeartbeat:
    @pytest.fixture
    def other(self, worker: uuid.UUID, lease: Lease) -> uuid.UUID:
        """Another worker, which has fallen silent and holds the chunk."""
        other = uuid.uuid4()
        workers.beat(other, ["urgent"])
        silence(other)
        Chunk.objects.update(lease_worker=other)
        return other

    @pytest.fixture
    def freed(self) -> list[int]:
        return []

    @pytest.fixture
    def heartbeat(self, clock: Clock, worker: uuid.UUID, freed: list[int]) -> Heartbeat:
        return Heartbeat(worker, ["urgent"], lambda: freed.append(1))

    def beat(self, heartbeat: Heartbeat, clock: Clock, seconds: float) -> None:
        for _ in range(round(seconds / BEAT_SECONDS)):
            clock.now += BEAT_SECONDS
            heartbeat._beat()

    def is_held(self) -> bool:
        return chunk().lease_token is not None

    def test_frees_nothing_before_it_has_listened_for_ten_seconds(
        self, heartbeat: Heartbeat, clock: Clock, other: uuid.UUID, freed: list[int]
    ):
        self.beat(heartbeat, clock, 12)
        assert self.is_held()

        self.beat(heartbeat, clock, 3)
        assert not self.is_held()
        assert len(freed) == 2  # at the fourth beat, and for what was freed

    def test_looks_for_unannounced_work_now_and_then(
        self, heartbeat: Heartbeat, clock: Clock, lease: Lease, freed: list[int]
    ):
        self.beat(heartbeat, clock, 30)

        assert lease.renew()
        assert len(freed) == 30 // 3 // heartbeats.LOOK_BEATS

    @pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
    def test_listens_anew_after_an_outage_of_the_database(
        self,
        heartbeat: Heartbeat,
        clock: Clock,
        other: uuid.UUID,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
    ):
        """All were silent then, and none is dead."""
        Chunk.objects.update(lease_worker=None)
        self.beat(heartbeat, clock, 30)
        Chunk.objects.update(lease_worker=other)
        with monkeypatch.context() as away:
            away.setattr(heartbeats, "beat", raising(error))
            self.beat(heartbeat, clock, 3)

        self.beat(heartbeat, clock, 9)
        assert self.is_held()
        self.beat(heartbeat, clock, 6)
        assert not self.is_held()

    def test_listens_anew_after_the_machine_has_slept(
        self, heartbeat: Heartbeat, clock: Clock, other: uuid.UUID
    ):
        Chunk.objects.update(lease_worker=None)
        self.beat(heartbeat, clock, 30)
        Chunk.objects.update(lease_worker=other)

        clock.now += 3600
        heartbeat._beat()
        assert self.is_held()
        self.beat(heartbeat, clock, 12)
        assert not self.is_held()

    def test_beats_in_its_own_thread(self, worker: uuid.UUID, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(heartbeats, "BEAT_SECONDS", 0.05)
        silence(worker, 3600)
        heartbeat = Heartbeat(worker, ["urgent"], lambda: None)

        heartbeat.start()
        deadline = time.monotonic() + 10
        while Worker.objects.get().seen_at < ago(60) and time.monotonic() < deadline:
            time.sleep(0.05)
        heartbeat.stop()

        assert Worker.objects.get().seen_at > ago(60)
        assert not heartbeat._thread.is_alive()
