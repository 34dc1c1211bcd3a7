"""What lies in the bucket need not lie here, once that is certain."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from video_app import tasks
from video_app.models import Build, State, Video
from video_app.store import bucket, local
from video_app.tests.archive import (
    SOURCE,
    addresses,
    age,
    keys,
    store_build,
    tidied,
)
from video_app.tests.films import (
    end_pauses,
    hold,
    make_plan,
    run,
    write,
)
from video_app.work import planning, posters, sweeper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_media", "with_bucket"),
]


class TestRoom:
    """What lies in the bucket need not lie here as well."""

    def test_removes_source_at_once(self, stored: Video):
        tidied()

        assert not local.path(f"sources/{stored.pk}.mp4").exists()

    def test_removes_segments_when_nobody_can_be_watching_them(self, stored: Video):
        folder = local.path(stored.current_build.prefix)
        tidied()
        assert folder.exists()

        age(stored.current_build, django_settings.RETIRED_BUILD_SECONDS + 1)
        tidied()
        assert not folder.exists()

    @pytest.mark.parametrize(
        "change",
        [{"state": State.PROCESSING}, {"source_revision": 2}, {"poster": ""}],
        ids=["transcoding", "replaced", "no poster yet"],
    )
    def test_keeps_source_that_is_still_needed(self, stored: Video, change: dict[str, Any]):
        Video.objects.filter(pk=stored.pk).update(**change)

        tidied()

        assert local.path(f"sources/{stored.pk}.mp4").exists()

    def test_fetches_source_to_transcode_again(self, stored: Video, monkeypatch: Any):
        tidied()
        monkeypatch.setattr(planning, "_look", lambda path, lease: make_plan().source)
        monkeypatch.setattr(planning, "make_plan", lambda found, limits: make_plan())

        planning.request_again(stored.pk)
        run(planning.KIND, pk=stored.pk)

        assert local.path(f"sources/{stored.pk}.mp4").read_bytes() == SOURCE
        assert not list(local.path("sources").glob("*.partial"))
        tidied()
        assert local.path(f"sources/{stored.pk}.mp4").exists()

    def test_waits_for_source_that_cannot_be_fetched(self, stored: Video, settings: Any):
        tidied()
        settings.AWS_S3_ENDPOINT_URL = "http://127.0.0.1:9"
        bucket._make_client.cache_clear()

        planning.request_again(stored.pk)
        run(planning.KIND, pk=stored.pk)

        stored.refresh_from_db()
        assert (stored.state, stored.attempts) == (State.PROCESSING, 0), "it is nobody's fault"
        assert stored.setbacks == 1
        end_pauses()
        assert sweeper.reconcile()["plans"] == 1
        assert not list(local.path("sources").glob(f"{stored.pk}*"))


class TestNothingIsLost:
    """A row says that a film lies in the bucket; before anything goes, that is looked at."""

    def old(self, film: Video) -> None:
        age(film.current_build, django_settings.RETIRED_BUILD_SECONDS + 1)

    def is_here(self, film: Video) -> bool:
        source = local.path(f"sources/{film.pk}.mp4")
        return source.exists() and local.path(film.current_build.prefix).exists()

    @pytest.mark.parametrize("lost", ["720p/002.ts", "720p.mp4"])
    def test_does_not_store_build_with_a_file_missing(self, store: Any, film: Video, lost: str):
        local.path(f"{film.current_build.prefix}/{lost}").unlink()

        store_build(film.current_build)

        assert Build.objects.get().stored_at is None

    def test_keeps_films_of_media_that_were_not_mounted(self, store: Any, film: Video):
        local.path("hls").rename(local.path("away"))
        local.path("sources").rename(local.path("sources-away"))
        store_build(film.current_build)
        assert Build.objects.get().stored_at is None

        local.path("away").rename(local.path("hls"))
        local.path("sources-away").rename(local.path("sources"))
        tidied()
        assert self.is_here(film)

    def test_copies_film_again_to_another_bucket(
        self, stored: Video, settings: Any, member: Client
    ):
        bucket._client().create_bucket(Bucket="others")
        settings.AWS_STORAGE_BUCKET_NAME = "others"
        self.old(stored)

        tidied()

        assert self.is_here(stored)
        first = addresses(member.get(f"/api/video/{stored.pk}/720p/index.m3u8"))[0]
        assert first == f"000.ts?b={stored.current_build.pk}"
        store_build(stored.current_build)
        first = addresses(member.get(f"/api/video/{stored.pk}/720p/index.m3u8"))[0]
        assert "/others/" in first

    @pytest.mark.parametrize("name", ["720p/001.ts", "source/{}.mp4"])
    def test_copies_again_what_the_bucket_has_lost(self, store: Any, stored: Video, name: str):
        key = f"{stored.current_build.prefix}/{name.format(stored.pk)}"
        store.delete_object(Bucket="films", Key=key)
        self.old(stored)

        tidied()

        assert local.path(key).exists() or local.path(f"sources/{stored.pk}.mp4").exists()
        store_build(stored.current_build)
        assert key in keys(store)

    def test_keeps_source_that_is_wanted_again_meanwhile(
        self, stored: Video, monkeypatch: pytest.MonkeyPatch
    ):
        sizes = bucket.sizes

        def slow(prefix: str) -> dict[str, int]:
            planning.request_again(stored.pk)
            return sizes(prefix)

        monkeypatch.setattr(bucket, "sizes", slow)
        tasks.tidy_bucket()

        assert local.path(f"sources/{stored.pk}.mp4").exists()

    def test_keeps_source_while_its_poster_is_tried_for_the_last_time(self, stored: Video):
        Video.objects.update(poster="", attempts=django_settings.MAX_ATTEMPTS - 1)
        assert hold(posters.KIND, pk=stored.pk)

        tidied()

        assert local.path(f"sources/{stored.pk}.mp4").exists()

    def test_copies_only_its_own_source_with_a_build(self, store: Any, film: Video):
        Video.objects.update(source_revision=2, video_file="sources/new.mp4")
        write("sources/new.mp4", b"another film")

        store_build(film.current_build)

        assert not any("/source/" in key for key in keys(store))
