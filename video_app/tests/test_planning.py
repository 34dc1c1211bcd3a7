"""Planning: a new source becomes a build with its chunks, or is refused with a reason."""

import errno
from typing import Any

import pytest
from rq.timeouts import JobTimeoutException

from video_app.models import Build, BuildState, Chunk, ChunkState, State, Video
from video_app.pipeline.errors import EncodeError, PipelineError, StorageFullError
from video_app.tests.films import (
    end_pauses,
    hold,
    jobs,
    make_encoding,
    make_film,
    make_plan,
    make_video,
    replace_source,
    run,
)
from video_app.work import machine, planning

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


def hold_plan(video: Video) -> Any:
    return hold(planning.KIND, pk=video.pk)


def plan(video: Video) -> bool:
    return run(planning.KIND, pk=video.pk)


def begin_plan(video: Video) -> None:
    """As a worker does that then stops."""
    planning._begin(hold_plan(video))


class TestRecord:
    def test_turns_plan_into_build_with_all_its_chunks(self):
        video = make_video()

        build = planning.record(hold_plan(video), make_plan())

        assert build
        assert [chunk.state for chunk in build.chunks.all()] == [ChunkState.DUE] * 2
        video.refresh_from_db()
        assert (video.planned_revision, video.attempts, video.lease_token) == (1, 0, None)
        assert (video.duration, video.width, video.height) == (24.0, 1280, 720)

    def test_enqueues_first_chunk_of_a_plan(self):
        build = planning.record(hold_plan(make_video()), make_plan(segments=5, chunk=1))

        assert build
        assert jobs() == [f"encode_chunk-{build.pk}-0"]

    def test_does_not_record_plan_of_lost_lease(self):
        video = make_video()
        lease = hold_plan(video)
        Video.objects.update(lease_token=None, lease_until=None)
        hold_plan(video)

        assert planning.record(lease, make_plan()) is None
        assert not Build.objects.exists()

    def test_does_not_record_plan_of_replaced_source(self):
        video = make_video()
        lease = hold_plan(video)
        replace_source(video)

        assert planning.record(lease, make_plan()) is None
        assert not Build.objects.exists()


class TestRun:
    def test_plans_source_once(self, prober: list[Any]):
        video = make_video()

        assert plan(video)
        assert not plan(video)
        assert Build.objects.count() == 1
        assert Chunk.objects.count() == 2

    def test_says_that_video_is_being_processed(self, prober: list[Any]):
        plan(make_video())

        assert Video.objects.get().state == State.PROCESSING

    def test_refuses_bad_source_at_once(self, prober: list[Any]):
        video = make_video()
        prober[0] = PipelineError("This is no film.")

        plan(video)

        video.refresh_from_db()
        found = (video.state, video.error, video.lease_token)
        assert found == (State.FAILED, "This is no film.", None)
        assert not plan(video)

    def test_tries_again_after_fault_of_the_system(self, prober: list[Any]):
        video = make_video()
        prober[0] = EncodeError("killed")

        plan(video)

        video.refresh_from_db()
        assert (video.state, video.lease_token, video.attempts) == (State.PROCESSING, None, 1)
        assert plan(video)

    def test_gives_up_source_that_fails_each_time(self, prober: list[Any], settings: Any):
        video = make_video()
        prober[0] = EncodeError("killed")

        while plan(video):
            pass

        video.refresh_from_db()
        assert video.attempts == settings.MAX_ATTEMPTS
        assert (video.state, video.error) == (State.FAILED, planning.GAVE_UP)

    @pytest.mark.parametrize(
        "error", [OSError(errno.ENOSPC, "full"), StorageFullError("full"), OSError(5, "I/O error")]
    )
    def test_never_fails_film_for_want_of_storage(
        self, prober: list[Any], settings: Any, error: Exception
    ):
        prober[0] = error
        video = make_video()

        for _ in range(settings.MAX_ATTEMPTS + 1):
            end_pauses()
            assert plan(video)

        video.refresh_from_db()
        assert (video.state, video.attempts) == (State.PROCESSING, 0)
        assert video.setback == machine.fault(error)

    @pytest.mark.parametrize("error", [JobTimeoutException("too long"), SystemExit("stopped")])
    def test_passes_interruption_on_and_gives_lease_back(
        self, prober: list[Any], error: BaseException
    ):
        video = make_video()
        prober[0] = error

        with pytest.raises(type(error)):
            plan(video)

        video.refresh_from_db()
        assert video.lease_token is None

    def test_refuses_source_that_is_gone(self):
        """With the real probe."""
        video = make_video()

        plan(video)

        video.refresh_from_db()
        assert video.state == State.FAILED
        assert "gone" in video.error


class TestWanted:
    def test_does_not_plan_source_again(self, prober: list[Any]):
        video = make_video()
        planning.record(hold_plan(video), make_plan())

        assert not planning.due().exists()

    def test_does_not_refuse_new_source_for_old_one(self):
        video = make_video()
        lease = hold_plan(video)
        replace_source(video)

        planning.refuse(lease, "This is no film.")

        video.refresh_from_db()
        assert video.state == State.PENDING

    def test_does_not_give_up_source_that_was_just_replaced(self, settings: Any):
        video = make_video(attempts=settings.MAX_ATTEMPTS)
        replace_source(video)

        planning.give_up(video.pk)

        video.refresh_from_db()
        assert video.state == State.PENDING

    def test_does_not_keep_lease_on_older_source(self):
        video = make_video()
        lease = hold_plan(video)
        planning.request_again(video.pk)

        assert not lease.renew()
        assert hold_plan(video)


class TestNewSource:
    def test_withdraws_half_made_build_of_old_source(self):
        build = make_encoding(done=1)
        replace_source(build.video)

        begin_plan(build.video)

        build.refresh_from_db()
        assert build.state == BuildState.CANCELLED
        assert build.retired_at
        assert Video.objects.get().current_build is None

    def test_shows_whole_old_film_until_new_one_is_whole(self):
        video = make_film()
        replace_source(video)

        begin_plan(video)

        video.refresh_from_db()
        assert video.current_build

    def test_begins_new_revision_when_transcoding_again(self):
        video = make_film(planned_revision=1, attempts=2, setbacks=3, setback="full")

        assert planning.request_again(video.pk)

        video.refresh_from_db()
        assert (video.source_revision, video.state, video.attempts) == (2, State.PENDING, 0)
        assert (video.setbacks, video.setback) == (0, "")
        assert jobs() == [f"plan_video-{video.pk}-2"]

    def test_does_not_transcode_unknown_video_again(self):
        assert not planning.request_again(404)

    def test_enqueues_films_in_the_order_of_their_uploads(self):
        videos = [make_video() for _ in range(3)]

        for video in videos:
            planning.request_newest(video.pk)

        assert jobs() == [f"plan_video-{video.pk}-1" for video in videos]

    def test_does_not_enqueue_source_that_somebody_looks_at(self):
        video = make_video()
        hold_plan(video)

        planning.request_newest(video.pk)

        assert jobs() == []

    def test_encodes_one_build_of_a_film_at_a_time(self, prober: list[Any]):
        build = make_encoding()
        replace_source(build.video)

        plan(build.video)

        assert Build.objects.get(state=BuildState.ENCODING).source_revision == 2
