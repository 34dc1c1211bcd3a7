"""The bodies of the jobs, with a pretended ffmpeg: twice, too late, and interrupted."""

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django_rq
import pytest
from django.db import OperationalError
from rq.timeouts import JobTimeoutException

from video_app import services, sweep, tasks
from video_app.models import Build, BuildState, Chunk, ChunkState, State, Video
from video_app.pipeline import layout
from video_app.pipeline.errors import EncodeError, LeaseLostError, PipelineError
from video_app.pipeline.types import ChunkSpan, Plan
from video_app.tests.films import make_build, make_plan, make_video, publish, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.PROGRESSIVE_MP4 = False
    return tmp_path


class Encoder:
    """Writes segments that say how many encodes there were before; then does `then`."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.runs = 0
        self.then = then

    def __call__(
        self, binary: str, path: Path, plan: Plan, span: ChunkSpan, work: Path, **options: Any
    ) -> dict[str, Any]:
        self.runs += 1
        for rung in plan.rungs:
            (work / rung.name).mkdir()
            for number in range(span.first_segment, span.end_segment):
                (work / rung.name / layout.segment_name(number)).write_text(f"run {self.runs}")
        self.then()
        options["watch"](1.0)
        return {}


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> Encoder:
    fake = Encoder()
    monkeypatch.setattr("video_app.pipeline.transcode.encode_chunk", fake)
    monkeypatch.setattr("video_app.tasks.derive.make_storyboard", lambda *_, **__: 0)
    monkeypatch.setattr("video_app.tasks.derive.make_subtitles", lambda *_, **__: 0)
    monkeypatch.setattr("video_app.tasks.poster.make_poster", lambda *_, **__: None)
    return fake


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


@pytest.fixture
def prober(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What looking at a source leads to: the plan, or the error to raise."""
    outcome: list[Any] = [make_plan(segments=2, chunk=1)]

    def plan(*_: Any) -> Plan:
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        planned: Plan = outcome[0]
        return planned

    monkeypatch.setattr("video_app.tasks._plan", plan)
    return outcome


def make_encoding(chunks: int = 1, *, done: int = 0) -> Build:
    video = make_video(planned_revision=1, state=State.PROCESSING)
    return make_build(video, make_plan(segments=chunks, chunk=1), done=done)


def segments(media: Path) -> list[str]:
    return [path.read_text() for path in sorted(media.glob("hls/*/*/360p/*.ts"))]


def work_folders(media: Path) -> list[Path]:
    return list(media.glob("hls/*/*/.lease-*"))


# --- twice --------------------------------------------------------------------------


def test_planning_twice_makes_one_build(prober: list[Any]) -> None:
    video = make_video()
    tasks.plan_video(video.pk, 1)
    tasks.plan_video(video.pk, 1)
    assert Build.objects.count() == 1
    assert Chunk.objects.count() == 2


def test_encoding_twice_encodes_once(encoder: Encoder, media: Path) -> None:
    build = make_encoding()
    tasks.encode_chunk(build.pk, 0)
    tasks.encode_chunk(build.pk, 0)
    assert encoder.runs == 1
    assert segments(media) == ["run 1"]


def test_encoding_a_chunk_that_is_being_encoded_does_nothing(encoder: Encoder, media: Path) -> None:
    build = make_encoding()
    encoder.then = lambda: tasks.encode_chunk(build.pk, 0)
    tasks.encode_chunk(build.pk, 0)
    assert encoder.runs == 1
    assert build.chunks.get().attempts == 1


def test_finishing_twice_publishes_once(encoder: Encoder) -> None:
    build = make_encoding(done=1)
    tasks.finish_build(build.pk)
    finished_at = Build.objects.get().finished_at
    tasks.finish_build(build.pk)
    assert Build.objects.get().finished_at == finished_at
    assert Video.objects.get().state == State.COMPLETED


def test_making_the_poster_twice_changes_nothing(encoder: Encoder) -> None:
    build = make_encoding(done=1)
    publish(build)
    for _ in range(2):
        tasks.make_poster(build.video_id, 1)
    assert Video.objects.get().poster == layout.poster_key(build.video_id, 1)


@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        ("plan_video", (404, 1)),
        ("encode_chunk", (404, 0)),
        ("finish_build", (404,)),
        ("make_poster", (404, 1)),
        ("store_build", (404,)),
        ("tidy_bucket", ()),
    ],
)
def test_a_job_for_a_row_that_is_gone_does_nothing(task: str, arguments: Any) -> None:
    getattr(tasks, task)(*arguments)


# --- too late -----------------------------------------------------------------------


def test_a_chunk_whose_source_was_replaced_leaves_no_trace(encoder: Encoder, media: Path) -> None:
    build = make_encoding()
    encoder.then = lambda: services.transcode_again(build.video_id) and None
    tasks.encode_chunk(build.pk, 0)
    assert segments(media) == []
    assert work_folders(media) == []
    assert build.chunks.get().state == ChunkState.DUE


def test_a_chunk_whose_video_was_deleted_leaves_no_trace(encoder: Encoder, media: Path) -> None:
    build = make_encoding()
    encoder.then = lambda: Video.objects.get().delete() and None
    tasks.encode_chunk(build.pk, 0)
    assert segments(media) == []
    assert work_folders(media) == []


def test_a_video_deleted_between_claim_and_work_is_no_error(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = make_encoding()
    claim = services.claim_chunk

    def claim_and_lose(*arguments: int) -> Any:
        token = claim(*arguments)
        Video.objects.all().delete()
        return token

    monkeypatch.setattr("video_app.services.claim_chunk", claim_and_lose)
    tasks.encode_chunk(build.pk, 0)
    assert encoder.runs == 0


def test_a_poster_of_a_replaced_source_is_not_kept(
    encoder: Encoder, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = make_encoding(done=1)
    publish(build)

    def late(binary: str, path: Path, source: Any, target: Path, **_: Any) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("poster")
        services.transcode_again(build.video_id)

    monkeypatch.setattr("video_app.tasks.poster.make_poster", late)
    tasks.make_poster(build.video_id, 1)
    assert Video.objects.get().poster == ""
    assert not list(media.glob("posters/*"))


def test_a_replaced_film_gets_a_poster_of_its_own(encoder: Encoder, media: Path) -> None:
    build = make_encoding(done=1)
    Video.objects.update(poster="posters/old.jpg")
    write("posters/old.jpg", b"old")
    tasks.finish_build(build.pk)
    assert Video.objects.get().poster == layout.poster_key(build.video_id, 1)
    assert not (media / "posters/old.jpg").exists()


def test_a_poster_that_cannot_be_made_is_left_out_in_the_end(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = make_encoding(done=1)
    publish(build)
    runs = []

    def fail(*_: Any, **__: Any) -> None:
        runs.append(1)
        raise EncodeError("no frame could be read")

    monkeypatch.setattr("video_app.tasks.poster.make_poster", fail)
    for _ in range(5):
        sweep.reconcile()
        tasks.make_poster(build.video_id, 1)
        django_rq.get_queue("short").empty()
    assert len(runs) == 3
    assert sweep.reconcile().posters == 0


# --- errors and interruptions -------------------------------------------------------


def test_a_bad_source_fails_at_once(prober: list[Any]) -> None:
    video = make_video()
    prober[0] = PipelineError("This is no film.")
    tasks.plan_video(video.pk, 1)
    video.refresh_from_db()
    assert (video.state, video.error, video.lease_token) == (State.FAILED, "This is no film.", None)


@pytest.mark.parametrize("error", [EncodeError("killed"), OSError(5, "I/O error")])
def test_a_bad_system_leaves_the_plan_to_the_sweeper(prober: list[Any], error: Exception) -> None:
    video = make_video()
    prober[0] = error
    tasks.plan_video(video.pk, 1)
    video.refresh_from_db()
    assert (video.state, video.lease_token) == (State.PROCESSING, None)
    assert services.claim_plan(video.pk, 1)


def test_a_failed_encode_is_rung_for_again(encoder: Encoder, media: Path) -> None:
    build = make_encoding()
    encoder.then = raising(EncodeError("exit status 137"))
    tasks.encode_chunk(build.pk, 0)
    assert django_rq.get_queue("urgent").job_ids == [f"encode_chunk-{build.pk}-0"]
    assert work_folders(media) == []


@pytest.mark.parametrize(
    "error",
    [JobTimeoutException("too long"), SystemExit("stopped"), OperationalError("gone away")],
)
def test_whatever_interrupts_an_encode_is_passed_on_and_the_lease_given_back(
    encoder: Encoder, media: Path, error: BaseException
) -> None:
    build = make_encoding()
    encoder.then = raising(error)
    with pytest.raises(type(error)):
        tasks.encode_chunk(build.pk, 0)
    assert build.chunks.get().lease_token is None
    assert build.chunks.get().state == ChunkState.DUE
    assert work_folders(media) == []


@pytest.mark.parametrize("error", [JobTimeoutException("too long"), SystemExit("stopped")])
def test_whatever_interrupts_a_plan_is_passed_on_and_the_lease_given_back(
    prober: list[Any], error: BaseException
) -> None:
    video = make_video()
    prober[0] = error
    with pytest.raises(type(error)):
        tasks.plan_video(video.pk, 1)
    video.refresh_from_db()
    assert video.lease_token is None


@pytest.mark.parametrize("error", [EncodeError("no"), OSError(errno.ENOSPC, "full")])
def test_a_film_outlives_its_extras(
    encoder: Encoder, settings: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The MP4s are tried again; then the film does without them, and keeps the rest."""
    settings.PROGRESSIVE_MP4 = True
    monkeypatch.setattr("video_app.tasks.derive.make_progressive", raising(error))
    monkeypatch.setattr("video_app.tasks.derive.make_storyboard", raising(error))
    monkeypatch.setattr("video_app.tasks.derive.make_subtitles", lambda *_, **__: 2)
    build = make_encoding(done=1)
    for _ in range(settings.MAX_ATTEMPTS):
        assert Video.objects.get().state == State.PROCESSING
        tasks.finish_build(build.pk)
    build.refresh_from_db()
    assert (build.state, build.progressive) == (BuildState.COMPLETE, {})
    assert (build.subtitles, build.storyboard_sheets) == (2, 0)


def test_a_worker_may_be_stopped_any_number_of_times(
    encoder: Encoder, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each deploy interrupts what runs; that is no fault of the film."""
    shown, build, video = make_encoding(done=1), make_encoding(), make_video()
    finished = make_encoding(done=1)
    publish(shown)
    for name in ("_plan", "_encode", "_derive", "_draw"):
        monkeypatch.setattr(f"video_app.tasks.{name}", lambda *_: sys.exit("stopped"))
    works: list[Callable[[], None]] = [
        lambda: tasks.plan_video(video.pk, 1),
        lambda: tasks.encode_chunk(build.pk, 0),
        lambda: tasks.finish_build(finished.pk),
        lambda: tasks.make_poster(shown.video_id, 1),
    ]
    for _ in range(settings.MAX_ATTEMPTS + 1):
        for work in works:
            with pytest.raises(SystemExit):
                work()


def test_no_room_for_the_copy_of_a_source_is_said(prober: list[Any], settings: Any) -> None:
    prober[0] = OSError(errno.ENOSPC, "full")
    video = make_video()
    for _ in range(settings.MAX_ATTEMPTS):
        tasks.plan_video(video.pk, 1)
    video.refresh_from_db()
    assert (video.state, video.error) == (State.FAILED, services.NO_ROOM)


# --- the keeper of a lease ----------------------------------------------------------


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("video_app.tasks.time.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_the_keeper_renews_every_two_seconds(clock: Clock) -> None:
    renewals: list[float] = []
    keep = tasks._keeper(lambda: renewals.append(clock.now) or True)
    for _ in range(10):
        clock.now += 1
        keep()
    assert len(renewals) == 5


def test_the_keeper_stops_the_work_when_the_lease_is_lost(clock: Clock) -> None:
    keep = tasks._keeper(lambda: False)
    clock.now += 5
    with pytest.raises(LeaseLostError):
        keep()


def test_the_keeper_bears_a_database_that_is_away_for_as_long_as_the_lease(
    clock: Clock, settings: Any
) -> None:
    keep = tasks._keeper(raising(OperationalError("gone away")))  # type: ignore[arg-type]
    clock.now += settings.LEASE_SECONDS - 1
    keep()
    clock.now += 2
    with pytest.raises(LeaseLostError):
        keep()
