"""Work under a lease: however it ends, the lease does too, and the right one is blamed."""

import errno
from typing import Any

import pytest
from django.db import OperationalError
from rq.timeouts import JobTimeoutException

from video_app.models import Build, Chunk, Video
from video_app.pipeline.errors import (
    EncodeError,
    LeaseLostError,
    PipelineError,
    StorageFullError,
)
from video_app.tests.films import ago, end_pauses, make_encoding, make_plan, make_video
from video_app.work import clock, encoding, machine, planning
from video_app.work.lease import LONGEST_PAUSE, TOO_LONG, Lease, claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


class Blamed:
    """What a kind does about failures that may be the film's fault: here, only release."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []

    def __call__(self, lease: Lease, error: Exception) -> None:
        if lease.release():
            self.errors.append(error)


def fail_with(error: BaseException | None, blamed: Blamed | None = None) -> None:
    """Do work that ends so under the lease of the one chunk that is due."""
    lease = claim(encoding.due())
    assert lease
    with lease.held(blamed or Blamed()):
        if error:
            raise error


def chunk() -> Chunk:
    return Chunk.objects.get()


@pytest.fixture(autouse=True)
def build(own_media: Any) -> Build:
    return make_encoding(1)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ffmpeg_problem", lambda: "ffmpeg is broken here: no libx264")


FAULTS_OF_FILES = [PipelineError("no film"), EncodeError("exit status 1"), OSError(errno.ENOENT)]
FAULTS_OF_MACHINES = [
    StorageFullError("full"),
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
    OSError(errno.EIO, "I/O error"),
]


@pytest.mark.parametrize("error", FAULTS_OF_FILES, ids=repr)
def test_counts_attempt_for_fault_of_file(error: Exception) -> None:
    blamed = Blamed()
    fail_with(error, blamed)
    assert blamed.errors == [error]
    assert (chunk().attempts, chunk().setbacks, chunk().lease_token) == (1, 0, None)


@pytest.mark.parametrize("error", FAULTS_OF_MACHINES, ids=repr)
def test_postpones_work_for_fault_of_machine(error: Exception) -> None:
    blamed = Blamed()
    fail_with(error, blamed)
    assert blamed.errors == []
    assert (chunk().attempts, chunk().setbacks, chunk().lease_token) == (0, 1, None)
    assert chunk().retry_at > ago(0)
    assert chunk().setback == machine.fault(error)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("error", FAULTS_OF_FILES, ids=repr)
def test_postpones_work_when_ffmpeg_itself_is_broken(error: Exception) -> None:
    fail_with(error)
    assert (chunk().attempts, chunk().setbacks) == (0, 1)
    assert "no libx264" in chunk().setback


def test_doubles_each_pause_up_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    ahead = clock.ahead

    def spy(seconds: float) -> Any:
        pauses.append(seconds)
        return ahead(seconds)

    for _ in range(9):
        end_pauses()
        lease = claim(encoding.due())
        assert lease
        with monkeypatch.context() as spied:
            spied.setattr(clock, "ahead", spy)
            assert lease.postpone("full")
    assert pauses == [1, 2, 4, 8, 16, 32, *[LONGEST_PAUSE] * 3]
    assert chunk().attempts == 0


def test_does_not_claim_work_before_its_pause_is_over() -> None:
    fail_with(StorageFullError("full"))
    assert claim(encoding.due()) is None
    Chunk.objects.update(retry_at=ago(1))
    assert claim(encoding.due())


def test_forgets_the_fault_when_a_chunk_is_done() -> None:
    fail_with(StorageFullError("full"))
    end_pauses()
    lease = claim(encoding.due())
    assert lease
    assert encoding.publish(lease, {}, None)
    assert (chunk().setback, chunk().retry_at) == ("", None)


def test_forgets_attempts_and_setbacks_when_a_film_is_planned() -> None:
    """The poster, which comes next, begins anew."""
    video = make_video(attempts=1)
    for _ in range(2):
        lease = claim(planning.due())
        assert lease
        assert lease.postpone("full")
        end_pauses()
    lease = claim(planning.due())
    assert lease
    assert planning.record(lease, make_plan())
    video.refresh_from_db()
    assert (video.attempts, video.setbacks) == (0, 0)
    assert (video.setback, video.retry_at) == ("", None)


def test_does_not_postpone_lease_of_another() -> None:
    lease = claim(encoding.due())
    assert lease
    Chunk.objects.update(lease_until=ago(1))
    second = claim(encoding.due())
    assert second
    assert not lease.postpone("full")
    assert (chunk().lease_token, chunk().setbacks) == (second.token, 0)


def test_keeps_no_more_of_a_reason_than_the_column_holds() -> None:
    lease = claim(encoding.due())
    assert lease
    assert lease.postpone("x" * 1000)
    assert chunk().setback == "x" * 300


@pytest.mark.parametrize("error", [SystemExit("stopped"), KeyboardInterrupt()], ids=repr)
def test_hands_back_interrupted_work_and_passes_the_interruption_on(error: BaseException) -> None:
    with pytest.raises(type(error)):
        fail_with(error)
    assert (chunk().attempts, chunk().lease_token) == (0, None)


def test_postpones_work_and_passes_on_that_the_database_was_away() -> None:
    with pytest.raises(OperationalError):
        fail_with(OperationalError("gone away"))
    assert (chunk().attempts, chunk().setbacks, chunk().lease_token) == (0, 1, None)


def test_counts_attempt_for_work_that_took_too_long_and_passes_it_on() -> None:
    blamed = Blamed()
    with pytest.raises(JobTimeoutException):
        fail_with(JobTimeoutException("too long"), blamed)
    assert [str(error) for error in blamed.errors] == [TOO_LONG]
    assert (chunk().attempts, chunk().lease_token) == (1, None)


@pytest.mark.parametrize(
    "error", [LeaseLostError(), Video.DoesNotExist(), Build.DoesNotExist()], ids=repr
)
def test_leaves_no_trace_of_work_that_is_not_wanted_any_more(error: Exception) -> None:
    blamed = Blamed()
    fail_with(error, blamed)
    assert blamed.errors == []
    assert (chunk().attempts, chunk().lease_token) == (0, None)


def test_hands_back_what_ended_in_order_but_is_still_held() -> None:
    """A source was replaced in the last moment: nothing has failed."""
    blamed = Blamed()
    fail_with(None, blamed)
    assert blamed.errors == []
    assert (chunk().attempts, chunk().lease_token) == (0, None)


def test_passes_unknown_errors_on_and_releases_the_lease() -> None:
    with pytest.raises(ZeroDivisionError):
        fail_with(ZeroDivisionError())
    assert (chunk().attempts, chunk().lease_token) == (1, None)
