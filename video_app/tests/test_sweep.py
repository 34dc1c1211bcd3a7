"""The sweeper: each kind of lost work and leftover, and what it must leave alone."""

import os
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_rq
import pytest
from django.utils import timezone

from video_app import services, sweep
from video_app.models import Build, BuildState, Chunk, ChunkState, State, Video
from video_app.pipeline import layout
from video_app.tests.films import make_build, make_film, make_plan, make_video, publish, write

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = timedelta(days=2)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def jobs() -> list[str]:
    return [job for name in ("urgent", "transcode") for job in django_rq.get_queue(name).job_ids]


def make_encoding(*, done: int = 0, **chunk: Any) -> Build:
    """A build of two chunks of one segment whose due ones have these fields."""
    video = make_video(planned_revision=1, state=State.PROCESSING)
    build = make_build(video, make_plan(segments=2, chunk=1), done=done)
    build.chunks.filter(state=ChunkState.DUE).update(**chunk)
    return build


def raising(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


def make_old(path: Path) -> Path:
    then = time.time() - LONG_AGO.total_seconds()
    os.utime(path, (then, then))
    return path


def recently() -> Any:
    return timezone.now() - timedelta(seconds=2)


def long_ago() -> Any:
    return timezone.now() - LONG_AGO


# --- lost work ----------------------------------------------------------------------


def test_it_finds_nothing_to_do_in_a_healthy_catalogue() -> None:
    make_film(planned_revision=1)
    Video.objects.update(poster=layout.poster_key(Video.objects.get().pk, 1))
    assert str(sweep.reconcile()) == "nothing to do"


def test_it_rings_for_a_source_that_nobody_was_told_of() -> None:
    video = make_video()
    assert sweep.reconcile().plans == 1
    assert jobs() == [f"plan_video-{video.pk}-1"]


def test_it_rings_for_due_chunks() -> None:
    build = make_encoding(done=1)
    assert sweep.reconcile().chunks == 1
    assert jobs() == [f"encode_chunk-{build.pk}-1"]


def test_it_rings_for_a_build_that_was_not_finished() -> None:
    build = make_encoding(done=2)
    assert sweep.reconcile().finishes == 1
    assert jobs() == [f"finish_build-{build.pk}"]


def test_it_rings_for_a_poster_that_was_not_made() -> None:
    video = make_film(planned_revision=1)
    assert sweep.reconcile().posters == 1
    assert django_rq.get_queue("short").job_ids == [f"make_poster-{video.pk}-1"]


def test_it_rings_again_when_redis_came_back_empty() -> None:
    build = make_encoding(done=1, enqueued_at=long_ago())
    sweep.reconcile()
    assert jobs() == [f"encode_chunk-{build.pk}-1"]


def test_it_is_patient_with_a_job_that_is_on_its_way() -> None:
    make_encoding(enqueued_at=recently())
    assert sweep.reconcile().chunks == 0
    assert jobs() == []


def test_it_leaves_work_alone_that_somebody_does() -> None:
    build = make_encoding(done=1)
    assert services.claim_chunk(build.pk, 1)
    assert str(sweep.reconcile()) == "nothing to do"


def test_it_rings_at_once_when_a_lease_has_run_out() -> None:
    build = make_encoding(done=1, enqueued_at=recently())
    assert services.claim_chunk(build.pk, 1)
    Chunk.objects.filter(state=ChunkState.DUE).update(lease_until=recently())
    assert sweep.reconcile().chunks == 1


def test_it_does_not_ring_for_the_chunks_of_a_replaced_source() -> None:
    build = make_encoding()
    Video.objects.update(source_revision=2, enqueued_at=recently())
    sweep.reconcile()
    assert jobs() == []
    assert build.chunks.filter(attempts=0).count() == 2


def test_sweeping_twice_rings_once() -> None:
    make_video()
    sweep.reconcile()
    assert str(sweep.reconcile()) == "nothing to do"
    assert len(jobs()) == 1


# --- hopeless work ------------------------------------------------------------------


def test_it_gives_up_a_source_that_was_tried_too_often(settings: Any) -> None:
    video = make_video(attempts=settings.MAX_ATTEMPTS)
    assert sweep.reconcile().given_up == 1
    video.refresh_from_db()
    assert (video.state, video.error) == (State.FAILED, services.GAVE_UP)


def test_it_gives_up_a_build_with_a_chunk_that_was_tried_too_often(settings: Any) -> None:
    build = make_encoding(attempts=settings.MAX_ATTEMPTS)
    assert sweep.reconcile().given_up == 1
    build.refresh_from_db()
    assert build.state == BuildState.FAILED
    assert Video.objects.get().error == services.GAVE_UP


def test_it_publishes_bare_what_cannot_be_finished(settings: Any) -> None:
    make_encoding(done=2)
    Build.objects.update(attempts=settings.MAX_ATTEMPTS)
    assert sweep.reconcile().given_up == 1
    assert Video.objects.get().state == State.COMPLETED


def test_it_lets_the_last_attempt_end(settings: Any) -> None:
    build = make_encoding(done=1, attempts=settings.MAX_ATTEMPTS - 1)
    assert services.claim_chunk(build.pk, 1)
    assert sweep.reconcile().given_up == 0


# --- leftovers ----------------------------------------------------------------------


def test_it_removes_the_folder_of_a_dead_worker(media: Path) -> None:
    build = make_encoding()
    folder = media / build.prefix / f".lease-{uuid.uuid4()}"
    folder.mkdir(parents=True)
    assert sweep.reconcile().folders == 1
    assert not folder.exists()


def test_it_keeps_the_folder_of_a_living_worker(media: Path) -> None:
    build = make_encoding()
    folder = media / build.prefix / f".lease-{services.claim_chunk(build.pk, 0)}"
    folder.mkdir(parents=True)
    sweep.reconcile()
    assert folder.exists()


def test_it_keeps_a_retired_build_while_players_may_be_on_it(media: Path) -> None:
    build = make_film(planned_revision=1).current_build
    assert build
    Build.objects.update(retired_at=recently())
    Video.objects.update(current_build=None)
    sweep.reconcile()
    assert (media / build.prefix).exists()


def test_it_removes_a_retired_build_when_its_time_is_over(media: Path) -> None:
    build = make_film(planned_revision=1).current_build
    assert build
    Build.objects.update(retired_at=long_ago())
    Video.objects.update(current_build=None)
    sweep.reconcile()
    assert not (media / build.prefix).exists()
    assert not Build.objects.exists()


def test_it_never_removes_the_build_that_is_shown(media: Path) -> None:
    build = make_film(planned_revision=1).current_build
    assert build
    Build.objects.update(retired_at=long_ago())
    sweep.reconcile()
    assert (media / build.prefix).exists()


def test_it_makes_room_at_once_when_a_build_failed(media: Path) -> None:
    build = make_encoding(done=1)
    services.fail_build(build.pk, "Because.")
    sweep.reconcile()
    assert not (media / build.prefix).exists()
    assert Build.objects.filter(pk=build.pk).exists()


@pytest.mark.parametrize("key", ["hls/77/1/720p/000.ts", "hls/77/1/.lease-x/a.ts"])
def test_it_removes_the_folder_of_an_unknown_video(media: Path, key: str) -> None:
    write(key, b"G")
    sweep.reconcile()
    assert not (media / "hls/77").exists()


def test_it_removes_the_folder_of_an_unknown_build(media: Path) -> None:
    build = make_film(planned_revision=1).current_build
    assert build
    write(f"hls/{build.video_id}/{build.pk + 1}/720p/000.ts", b"G")
    sweep.reconcile()
    assert [path.name for path in (media / f"hls/{build.video_id}").iterdir()] == [str(build.pk)]


@pytest.mark.parametrize("key", ["sources/x.mp4", "thumbnails/x.jpg", "posters/x.jpg", "tmp/x"])
def test_it_removes_an_old_file_that_no_row_knows(media: Path, key: str) -> None:
    write(key, b"old")
    make_old(media / key)
    assert sweep.reconcile().files == 1
    assert not (media / key).exists()


@pytest.mark.parametrize("key", ["sources/x.mp4", "tmp/x.upload"])
def test_it_keeps_a_fresh_upload_whose_row_is_not_there_yet(media: Path, key: str) -> None:
    write(key, b"fresh")
    assert sweep.reconcile().files == 0
    assert (media / key).exists()


def test_it_keeps_the_files_of_a_video_however_old(media: Path) -> None:
    video = make_video(
        planned_revision=1, state=State.COMPLETED, thumbnail="thumbnails/a.jpg", poster="posters/a"
    )
    keys = [video.video_file.name, video.thumbnail.name, video.poster]
    for key in keys:
        write(key, b"film")
        make_old(media / key)
    sweep.reconcile()
    assert all((media / key).exists() for key in keys)


@pytest.mark.parametrize(("minutes", "is_kept"), [(5, True), (20, False)])
def test_it_removes_the_folder_of_a_dead_poster_job(
    media: Path, minutes: int, is_kept: bool
) -> None:
    write("posters/1-1.abc/0.jpg", b"still")
    then = time.time() - 60 * minutes
    os.utime(media / "posters/1-1.abc", (then, then))
    sweep.reconcile()
    assert (media / "posters/1-1.abc").exists() == is_kept


@pytest.mark.parametrize(
    ("state", "is_kept"),
    [(State.PROCESSING, True), (State.FAILED, False), (State.COMPLETED, False)],
)
def test_it_keeps_a_copy_made_for_seeking_while_it_is_used(
    media: Path, state: State, is_kept: bool
) -> None:
    make_video(video_file="sources/a.ts", planned_revision=1, state=state)
    write("sources/a.ts", b"film")
    write("sources/a.ts.seekable.mkv", b"copy")
    sweep.reconcile()
    assert (media / "sources/a.ts.seekable.mkv").exists() == is_kept
    assert (media / "sources/a.ts").exists()


def test_it_keeps_such_a_copy_until_the_poster_is_made_of_it(media: Path) -> None:
    film = make_film(video_file="sources/a.ts", planned_revision=1)
    write("sources/a.ts", b"film")
    write("sources/a.ts.seekable.mkv", b"copy")
    sweep.reconcile()
    assert (media / "sources/a.ts.seekable.mkv").exists()
    Video.objects.update(poster=layout.poster_key(film.pk, 1))
    sweep.reconcile()
    assert not (media / "sources/a.ts.seekable.mkv").exists()


@pytest.mark.parametrize(("minutes", "is_kept"), [(1, True), (20, False)])
def test_it_removes_a_copy_that_nobody_makes_any_more(
    media: Path, minutes: int, is_kept: bool
) -> None:
    make_video(video_file="sources/a.ts")
    write("sources/a.ts", b"film")
    write("sources/a.ts.seekable.77.partial", b"half a copy")
    then = time.time() - 60 * minutes
    os.utime(media / "sources/a.ts.seekable.77.partial", (then, then))
    sweep.reconcile()
    assert (media / "sources/a.ts.seekable.77.partial").exists() == is_kept


def test_a_file_that_is_gone_meanwhile_does_not_stop_it(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "glob", lambda self, pattern: [media / "tmp/gone"])
    assert not list(sweep._orphan_files())


def test_a_file_that_cannot_be_looked_at_does_not_stop_it(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("tmp/old", b"old")
    monkeypatch.setattr(Path, "stat", raising(PermissionError("tmp/old")))
    assert not sweep._is_old(media / "tmp/old", 1)


# --- dry run ------------------------------------------------------------------------


def test_a_dry_run_counts_everything_and_changes_nothing(media: Path, settings: Any) -> None:
    make_video()
    make_video(attempts=settings.MAX_ATTEMPTS)
    make_encoding(done=1)
    publish(make_encoding(done=2))
    write("hls/77/1/720p/000.ts", b"G")
    write("tmp/old", b"old")
    make_old(media / "tmp/old")
    before = snapshot(media)
    found = sweep.reconcile(dry_run=True)
    assert (found.plans, found.chunks, found.finishes, found.given_up) == (1, 1, 1, 1)
    assert found.folders >= 1
    assert found.files == 1
    assert snapshot(media) == before
    assert jobs() == []


def snapshot(media: Path) -> list[Any]:
    rows = [list(model.objects.order_by("pk").values()) for model in (Video, Build, Chunk)]
    return [*rows, sorted(media.rglob("*"))]
