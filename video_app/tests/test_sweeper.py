"""The sweeper: each kind of lost and hopeless work, and what it must leave alone."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from video_app.models import Build, BuildState, Chunk, ChunkState, Installation, State, Video
from video_app.pipeline import layout
from video_app.tests.films import (
    ago,
    hold_chunk,
    jobs,
    make_encoding,
    make_film,
    make_old,
    make_video,
    write,
)
from video_app.work import encoding, order, planning, sweeper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
LATELY, LONG_AGO = 2, 2 * 24 * 3600


def found() -> dict[str, int]:
    return {name: count for name, count in sweeper.reconcile().items() if count}


def make_half(**due: Any) -> Build:
    """A build of two chunks, of which the second is due and has these fields."""
    build = make_encoding(done=1, poster="")
    Video.objects.filter(pk=build.video_id).update(poster=layout.poster_key(build.video_id, 1))
    build.chunks.filter(state=ChunkState.DUE).update(**due)
    return build


def make_healthy() -> Video:
    video = make_film(planned_revision=1)
    Video.objects.filter(pk=video.pk).update(poster=layout.poster_key(video.pk, 1))
    Build.objects.filter(video=video).update(extras_at=ago(LONG_AGO), size=1)
    return video


class TestLostWork:
    def test_finds_nothing_to_do_in_healthy_catalogue(self):
        make_healthy()

        assert found() == {}

    def test_counts_everything_by_its_name(self):
        names = {kind.name for kind in order.KINDS} | {"dated"}

        extra = {"given_up", "measured", "indexed", "folders", "files"}
        assert set(sweeper.reconcile()) == names | extra

    def test_enqueues_source_that_nobody_was_told_of(self):
        video = make_video()

        assert found() == {"plans": 1}
        assert jobs() == [f"plan_video-{video.pk}-1"]

    def test_enqueues_due_chunk(self):
        build = make_half()

        assert found() == {"chunks": 1}
        assert jobs() == [f"encode_ahead-{build.pk}-1"]

    def test_enqueues_build_that_was_not_finished(self):
        build = make_half()
        build.chunks.update(state=ChunkState.DONE)

        assert found() == {"finishes": 1}
        assert jobs() == [f"finish_build-{build.pk}"]

    def test_enqueues_missing_poster(self):
        video = make_healthy()
        Video.objects.update(poster="")

        assert found() == {"posters": 1}
        assert jobs() == [f"make_poster-{video.pk}-1"]

    def test_enqueues_missing_extras(self):
        video = make_healthy()
        Build.objects.update(extras_at=None)

        assert found() == {"extras": 1}
        assert jobs() == [f"make_extras-{video.current_build.pk}"]

    def test_enqueues_again_what_redis_lost(self):
        build = make_half(enqueued_at=ago(LONG_AGO))

        sweeper.reconcile()

        assert jobs() == [f"encode_ahead-{build.pk}-1"]

    def test_is_patient_with_job_that_is_on_its_way(self):
        make_half(enqueued_at=ago(LATELY))

        assert found() == {}
        assert jobs() == []

    def test_leaves_work_alone_that_somebody_does(self):
        hold_chunk(make_half(), 1)

        assert found() == {}

    def test_enqueues_at_once_what_an_expired_lease_held(self):
        build = make_half(enqueued_at=ago(LATELY))
        hold_chunk(build, 1)
        Chunk.objects.filter(state=ChunkState.DUE).update(lease_until=ago(LATELY))

        assert found() == {"chunks": 1}

    def test_leaves_work_alone_that_waits_after_a_fault(self):
        hold_chunk(make_half(), 1).postpone("full")

        assert found() == {}

    def test_enqueues_work_whose_pause_is_over(self):
        build = make_half()
        hold_chunk(build, 1).postpone("full")
        Chunk.objects.update(retry_at=ago(LATELY))

        assert found() == {"chunks": 1}

    def test_does_not_enqueue_chunks_of_replaced_source(self):
        build = make_encoding()
        Video.objects.update(source_revision=2, enqueued_at=ago(LATELY))

        sweeper.reconcile()

        assert jobs() == []
        assert build.chunks.filter(attempts=0).count() == 2

    def test_enqueues_once_in_two_sweeps(self):
        make_video()
        sweeper.reconcile()

        assert found() == {}
        assert len(jobs()) == 1

    def test_only_wakes_workers_when_asked_to(self, media: Path, settings: Any):
        make_video()
        make_video(attempts=settings.MAX_ATTEMPTS)
        write("hls/777/1/720p/000.ts", b"G")

        assert sweeper.enqueue_overdue() == 1
        assert not Video.objects.filter(state=State.FAILED).exists()
        assert (media / "hls/777").exists()


class TestHopelessWork:
    def test_gives_up_source_that_was_tried_too_often(self, settings: Any):
        video = make_video(attempts=settings.MAX_ATTEMPTS)

        assert found() == {"given_up": 1}
        video.refresh_from_db()
        assert (video.state, video.error) == (State.FAILED, planning.GAVE_UP)

    def test_gives_up_build_with_chunk_that_was_tried_too_often(self, settings: Any):
        build = make_half(attempts=settings.MAX_ATTEMPTS)

        assert sweeper.reconcile()["given_up"] == 1
        build.refresh_from_db()
        assert build.state == BuildState.FAILED
        assert Video.objects.get().error == encoding.GAVE_UP

    def test_publishes_without_subtitles_what_cannot_be_finished(self, settings: Any):
        build = make_half()
        build.chunks.update(state=ChunkState.DONE)
        Build.objects.update(attempts=settings.MAX_ATTEMPTS)

        assert sweeper.reconcile()["given_up"] == 1
        assert Build.objects.get().state == BuildState.COMPLETE

    def test_completes_film_whose_extras_were_tried_too_often(self, settings: Any):
        make_healthy()
        Video.objects.update(state=State.PROCESSING)
        Build.objects.update(extras_at=None, attempts=settings.MAX_ATTEMPTS)

        assert found() == {"given_up": 1}
        assert Video.objects.get().state == State.COMPLETED

    def test_lets_last_attempt_end(self, settings: Any):
        hold_chunk(make_half(attempts=settings.MAX_ATTEMPTS - 1), 1)

        assert found() == {}


class TestMediaThatAreAway:
    def test_cleans_nothing_up(self, media: Path, caplog: Any):
        write("hls/777/1/720p/000.ts", b"G")
        (media / ".videoflix-media").unlink()

        assert sweeper.reconcile()["folders"] == 0
        assert (media / "hls/777").exists()
        assert "cleanup_withheld" in caplog.messages

    def test_still_wakes_workers(self, media: Path):
        make_video()
        media.rename(media.with_suffix(".unmounted"))

        assert found() == {"plans": 1}
        assert not media.exists()


class TestDryRun:
    def test_counts_everything_and_changes_nothing(self, media: Path, settings: Any):
        make_video()
        make_video(attempts=settings.MAX_ATTEMPTS)
        make_half()
        make_half().chunks.update(state=ChunkState.DONE)
        make_healthy()
        Build.objects.filter(state=BuildState.COMPLETE).update(extras_at=None)
        write("hls/777/1/720p/000.ts", b"G")
        write(f"{Build.objects.latest('pk').prefix}/.lease-{uuid.uuid4()}/a.ts", b"half")
        write("tmp/old", b"old")
        make_old(media / "tmp/old")
        before = snapshot(media)

        counts = sweeper.reconcile(dry_run=True)

        names = ("plans", "chunks", "finishes", "extras", "given_up", "folders", "files")
        assert [counts[name] for name in names] == [1, 1, 1, 1, 1, 2, 1]
        assert snapshot(media) == before
        assert jobs() == []


def snapshot(media: Path) -> list[Any]:
    models: Any = (Video, Build, Chunk, Installation)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    return [*rows, sorted(media.rglob("*"))]
