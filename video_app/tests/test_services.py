"""The life of a video: what each step changes, and what a late one must not."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django_rq
import pytest
from django.db import connection
from django.utils import timezone

from video_app import leases, services
from video_app.catalogue import progress
from video_app.models import Build, BuildState, Chunk, ChunkState, State, Video
from video_app.pipeline.errors import EncodeError, StorageFullError
from video_app.tests.films import make_build, make_film, make_plan, make_video, publish

pytestmark = pytest.mark.django_db(transaction=True)
NOTHING = services.Derived()


def jobs() -> list[str]:
    return [job for name in ("urgent", "transcode") for job in django_rq.get_queue(name).job_ids]


def make_encoding(chunks: int = 2, *, done: int = 0, **fields: Any) -> Build:
    """A first build with so many chunks of one segment."""
    given = {"planned_revision": 1, "state": State.PROCESSING, "duration": chunks * 6.0}
    video = make_video(**given | fields)
    build = make_build(video, make_plan(segments=chunks, chunk=1), done=done)
    if done:
        publish(build)
    return build


def make_plan_for(video: Video) -> Build | None:
    token = services.claim_plan(video.pk, video.source_revision)
    assert token
    return services.record_plan(video.pk, video.source_revision, token, make_plan())


def finish_chunk(build: Build, index: int, move: Callable[[], None] = lambda: None) -> bool:
    token = services.claim_chunk(build.pk, index)
    assert token
    return services.publish_chunk(build.pk, index, token, {}, move)


def finish(build: Build) -> bool:
    token = services.claim_finish(build.pk)
    assert token
    return services.publish_build(build.pk, token, NOTHING)


def replace_source(video: Video) -> None:
    """A new file of the same film, as the admin's form saves it."""
    fresh = Video.objects.get(pk=video.pk)
    fresh.video_file.name = "sources/b.mp4"
    fresh.save()


class Meanwhile:
    """A call in another thread that begins now; `result` waits for its end."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._thread = threading.Thread(target=self._run, args=(call,))
        self._thread.start()
        time.sleep(0.3)  # time to run into a lock

    def _run(self, call: Callable[[], Any]) -> None:
        try:
            self._result = call()
        finally:
            connection.close()

    @property
    def result(self) -> Any:
        self._thread.join()
        return self._result


@pytest.fixture(autouse=True)
def _no_files(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("django.db.models.fields.files.FieldFile.size", 1000)


# --- planning -----------------------------------------------------------------------


def test_a_plan_becomes_a_build_with_all_its_chunks() -> None:
    video = make_video()
    build = make_plan_for(video)
    assert build
    assert [chunk.state for chunk in build.chunks.all()] == [ChunkState.DUE] * 2
    video.refresh_from_db()
    assert (video.planned_revision, video.attempts, video.lease_token) == (1, 0, None)
    assert (video.duration, video.width, video.height) == (24.0, 1280, 720)


def test_a_planned_video_is_not_planned_again() -> None:
    video = make_video()
    make_plan_for(video)
    assert services.claim_plan(video.pk, 1) is None


def test_a_plan_of_an_older_source_is_not_begun() -> None:
    assert services.claim_plan(make_video(source_revision=2).pk, 1) is None


def test_a_plan_that_lost_its_lease_changes_nothing() -> None:
    video = make_video()
    services.claim_plan(video.pk, 1)
    assert services.record_plan(video.pk, 1, uuid.uuid4(), make_plan()) is None
    assert not Build.objects.exists()


def test_a_plan_made_while_the_source_was_replaced_changes_nothing() -> None:
    video = make_video()
    token = services.claim_plan(video.pk, 1)
    assert token
    replace_source(video)
    assert services.record_plan(video.pk, 1, token, make_plan()) is None
    assert not Build.objects.exists()


def test_a_refused_source_says_why_and_is_not_tried_again() -> None:
    video = make_video()
    token = services.claim_plan(video.pk, 1)
    assert token
    services.refuse(video.pk, token, "This is no film.")
    video.refresh_from_db()
    assert (video.state, video.error) == (State.FAILED, "This is no film.")
    assert services.claim_plan(video.pk, 1) is None


def test_a_late_refusal_does_not_fail_the_new_source() -> None:
    video = make_video()
    token = services.claim_plan(video.pk, 1)
    assert token
    replace_source(video)
    services.refuse(video.pk, token, "This is no film.")
    video.refresh_from_db()
    assert video.state == State.PENDING


def test_giving_up_spares_a_source_that_was_just_replaced(settings: Any) -> None:
    video = make_video(attempts=settings.MAX_ATTEMPTS)
    replace_source(video)
    services.give_up(video.pk)
    video.refresh_from_db()
    assert video.state == State.PENDING


def test_the_first_chunks_of_a_new_film_overtake_the_rest_of_older_ones() -> None:
    plan = make_plan(segments=9, chunk=1)
    old, new = (make_build(make_video(), plan, done=0) for _ in range(2))
    services.request_chunks(old, plan)
    services.request_chunks(new, plan)
    urgent = [f"encode_chunk-{build.pk}-{index}" for build in (old, new) for index in range(6)]
    rest = [f"encode_chunk-{build.pk}-{index}" for build in (old, new) for index in range(6, 9)]
    assert jobs() == urgent + rest


def test_films_uploaded_at_once_are_looked_at_in_their_order() -> None:
    videos = [make_video() for _ in range(3)]
    for video in videos:
        services.request_plan(video.pk, 1)
    assert jobs() == [f"plan_video-{video.pk}-1" for video in videos]


# --- chunks -------------------------------------------------------------------------


def test_the_first_chunk_makes_the_film_watchable() -> None:
    build = make_encoding()
    assert finish_chunk(build, 0)
    assert Video.objects.get().current_build == build


def test_a_later_chunk_alone_does_not() -> None:
    build = make_encoding()
    assert finish_chunk(build, 1)
    assert Video.objects.get().current_build is None


def test_the_chunks_of_a_new_build_stay_hidden_behind_the_old_one() -> None:
    video = make_film(planned_revision=2, source_revision=2, state=State.PROCESSING)
    old = video.current_build
    build = make_build(video, make_plan(segments=2, chunk=1), done=0)
    Build.objects.filter(pk=build.pk).update(source_revision=2)
    assert finish_chunk(build, 0)
    assert Video.objects.get().current_build == old


def test_a_done_chunk_is_not_encoded_again() -> None:
    build = make_encoding()
    finish_chunk(build, 0)
    assert services.claim_chunk(build.pk, 0) is None


def test_a_chunk_that_lost_its_lease_publishes_nothing() -> None:
    build, moved = make_encoding(), []
    assert services.claim_chunk(build.pk, 0)
    assert not services.publish_chunk(build.pk, 0, uuid.uuid4(), {}, lambda: moved.append(1))
    assert not moved
    assert build.chunks.get(index=0).state == ChunkState.DUE


def test_a_chunk_of_a_replaced_source_publishes_nothing() -> None:
    build, moved = make_encoding(), []
    token = services.claim_chunk(build.pk, 0)
    assert token
    replace_source(build.video)
    assert not services.renew_chunk(build.pk, 0, token, 1.0)
    assert not services.publish_chunk(build.pk, 0, token, {}, lambda: moved.append(1))
    assert not moved


def test_a_move_that_fails_leaves_the_chunk_due() -> None:
    build = make_encoding()

    def move() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        finish_chunk(build, 0, move)
    assert build.chunks.get(index=0).state == ChunkState.DUE


def test_nobody_takes_over_a_chunk_while_it_is_being_published() -> None:
    build, others = make_encoding(), []
    token = services.claim_chunk(build.pk, 0)
    assert token
    build.chunks.update(lease_until=timezone.now() - timedelta(seconds=1))

    def move() -> None:
        others.append(Meanwhile(lambda: services.claim_chunk(build.pk, 0)))

    assert services.publish_chunk(build.pk, 0, token, {}, move)
    assert others[0].result is None
    assert build.chunks.get(index=0).attempts == 1


def test_of_two_last_chunks_that_end_together_one_asks_for_the_finish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build, others = make_encoding(), []
    show = services._show
    # Each has looked for due chunks before the other commits, unless one waits.
    monkeypatch.setattr(services, "_show", lambda pk: (show(pk), time.sleep(0.6)))
    second = services.claim_chunk(build.pk, 1)
    assert second

    def move() -> None:
        call = lambda: services.publish_chunk(build.pk, 1, second, {}, lambda: None)  # noqa: E731
        others.append(Meanwhile(call))

    assert finish_chunk(build, 0, move)
    assert others[0].result
    assert jobs() == [f"finish_build-{build.pk}"]


def test_a_chunk_may_be_published_while_its_video_is_deleted() -> None:
    build, others = make_encoding(), []
    assert finish_chunk(
        build, 0, lambda: others.append(Meanwhile(lambda: Video.objects.get().delete()))
    )
    assert others[0].result[0] > 0
    assert not Chunk.objects.exists()


def test_a_failed_chunk_is_tried_again_at_once() -> None:
    build = make_encoding()
    token = services.claim_chunk(build.pk, 0)
    assert token
    services.release_chunk(build.pk, 0, token, EncodeError("exit status 1"))
    assert jobs() == [f"encode_chunk-{build.pk}-0"]
    assert services.claim_chunk(build.pk, 0)


def test_a_chunk_that_always_fails_fails_the_film(settings: Any) -> None:
    build = make_encoding()
    for _ in range(settings.MAX_ATTEMPTS):
        token = services.claim_chunk(build.pk, 0)
        assert token
        services.release_chunk(build.pk, 0, token, EncodeError("exit status 1"))
    video = Video.objects.get()
    assert (video.state, video.error) == (State.FAILED, services.GAVE_UP)
    assert Build.objects.get().state == BuildState.FAILED


@pytest.mark.parametrize("error", [StorageFullError("full"), OSError(28, "No space left")])
def test_a_full_disk_is_given_time_and_then_named(settings: Any, error: Exception) -> None:
    build = make_encoding()
    for _ in range(settings.MAX_ATTEMPTS):
        token = services.claim_chunk(build.pk, 0)
        assert token
        services.release_chunk(build.pk, 0, token, error)
        assert jobs() == []
    assert Video.objects.get().error == services.NO_ROOM


def test_a_failed_half_film_is_withdrawn() -> None:
    build = make_encoding(done=1)
    services.fail_build(build.pk, "Because.")
    assert Video.objects.get().current_build is None


def test_an_older_whole_film_stays_when_the_new_one_fails() -> None:
    video = make_film(planned_revision=2, source_revision=2, state=State.PROCESSING)
    old = video.current_build
    build = make_build(video, make_plan(), done=0)
    Build.objects.filter(pk=build.pk).update(source_revision=2)
    services.fail_build(build.pk, "Because.")
    video.refresh_from_db()
    assert (video.current_build, video.state) == (old, State.FAILED)


# --- the end ------------------------------------------------------------------------


def test_a_whole_build_is_published_and_the_one_before_retired() -> None:
    video = make_film(planned_revision=2, source_revision=2, state=State.PROCESSING)
    old = video.current_build
    build = make_build(video, make_plan(segments=1, chunk=1), done=0)
    Build.objects.filter(pk=build.pk).update(source_revision=2)
    finish_chunk(build, 0)
    assert finish(build)
    video.refresh_from_db()
    old.refresh_from_db()
    assert (video.current_build, video.state) == (build, State.COMPLETED)
    assert old.retired_at


def test_a_build_with_due_chunks_is_not_finished() -> None:
    assert services.claim_finish(make_encoding(chunks=2, done=1).pk) is None


def test_a_finish_that_lost_its_lease_publishes_nothing() -> None:
    build = make_encoding(chunks=1, done=1)
    assert services.claim_finish(build.pk)
    assert not services.publish_build(build.pk, uuid.uuid4(), NOTHING)
    assert Build.objects.get().state == BuildState.ENCODING


def test_the_build_of_a_replaced_source_is_not_published() -> None:
    build = make_encoding(chunks=1, done=1)
    token = services.claim_finish(build.pk)
    assert token
    replace_source(build.video)
    assert not services.publish_build(build.pk, token, NOTHING)


def test_a_film_is_published_even_if_nothing_can_be_made_of_it(settings: Any) -> None:
    build = make_encoding(chunks=1, done=1)
    for _ in range(settings.MAX_ATTEMPTS):
        token = services.claim_finish(build.pk)
        assert token
        services.release_finish(build.pk, token)
    build.refresh_from_db()
    assert (build.state, build.progressive, build.lease_token) == (BuildState.COMPLETE, {}, None)
    assert (build.video.state, build.video.current_build) == (State.COMPLETED, build)


# --- a new source -------------------------------------------------------------------


def test_planning_a_new_source_withdraws_the_half_made_old_one() -> None:
    build = make_encoding(done=1)
    replace_source(build.video)
    services.claim_plan(build.video_id, 2)
    build.refresh_from_db()
    assert build.state == BuildState.CANCELLED
    assert build.retired_at
    assert Video.objects.get().current_build is None


def test_a_whole_old_film_is_shown_until_the_new_one_is_whole() -> None:
    video = make_film()
    replace_source(video)
    services.claim_plan(video.pk, 2)
    video.refresh_from_db()
    assert video.current_build


def test_transcoding_again_begins_a_new_revision() -> None:
    video = make_film(planned_revision=1, attempts=2)
    assert services.transcode_again(video.pk)
    video.refresh_from_db()
    assert (video.source_revision, video.state, video.attempts) == (2, State.PENDING, 0)
    assert jobs() == [f"plan_video-{video.pk}-2"]


def test_transcoding_an_unknown_video_again_says_no() -> None:
    assert not services.transcode_again(404)


# --- progress -----------------------------------------------------------------------


def test_progress_counts_encoded_seconds() -> None:
    build = make_encoding(chunks=4, done=1)
    assert progress.percent(Video.objects.get()) == 25.0
    token = services.claim_chunk(build.pk, 1)
    assert token
    services.renew_chunk(build.pk, 1, token, 3.0)
    assert progress.percent(Video.objects.get()) == 37.5


def test_progress_never_goes_back_when_a_chunk_is_tried_again() -> None:
    build = make_encoding(chunks=4)
    seen = []
    for reached in (1.0, 5.0):
        token = services.claim_chunk(build.pk, 0)
        assert token
        seen.append(progress.percent(Video.objects.get()))
        services.renew_chunk(build.pk, 0, token, reached)
        seen.append(progress.percent(Video.objects.get()))
        services.release_chunk(build.pk, 0, token, EncodeError("killed"))
        seen.append(progress.percent(Video.objects.get()))
    services.fail_build(build.pk, "Because.")
    seen.append(progress.percent(Video.objects.get()))
    assert seen == sorted(seen)
    assert seen[-1] > 0


def test_a_retry_does_not_take_back_what_was_shown() -> None:
    build = make_encoding(chunks=1)
    for reached in (5.0, 1.0):
        token = services.claim_chunk(build.pk, 0)
        assert token
        services.renew_chunk(build.pk, 0, token, reached)
        leases.give_back(build.chunks.all(), token)
    assert build.chunks.get().seconds_done == 5.0


def test_progress_is_complete_only_at_the_end() -> None:
    build = make_encoding(chunks=1, done=1)
    assert progress.percent(Video.objects.get()) == 99.9
    finish(build)
    assert progress.percent(Video.objects.get()) == 100.0


def test_the_pace_tells_speed_and_time_left() -> None:
    build = make_encoding(chunks=4, done=1)
    began = timezone.now() - timedelta(seconds=3 * 60)
    Build.objects.filter(pk=build.pk).update(created_at=began)
    pace = progress.pace(Video.objects.get())
    assert pace
    assert pace.seconds_left in (540, 545)
    assert pace.speed == round(build.plan.duration / 4 / 180, 1)


def test_there_is_no_pace_before_anything_is_encoded_and_after_the_end() -> None:
    build = make_encoding(chunks=1)
    assert progress.pace(Video.objects.get()) is None
    Chunk.objects.update(state=ChunkState.DONE)
    finish(build)
    assert progress.pace(Video.objects.get()) is None
