"""Copying films to a bucket: an S3 server of its own (moto), real HTTP, real boto3."""

import time
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from video_app.models import Build, Video
from video_app.pipeline.errors import LeaseLostError
from video_app.store import bucket, local
from video_app.tests.archive import (
    keys,
    store_build,
)
from video_app.tests.conftest import Encoder
from video_app.tests.films import (
    ago,
    jobs,
    make_build,
    make_film,
    make_next_build,
    make_plan,
    publish,
    run,
    segment_bytes,
    write,
)
from video_app.work import archiving, extras, finishing, order, sweeper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_media", "with_bucket"),
]


@pytest.fixture
def no_server(settings: Any) -> None:
    settings.AWS_S3_ENDPOINT_URL = "http://127.0.0.1:9"


def slowly(put: Any) -> Any:
    def wait_and_put(*arguments: Any) -> None:
        time.sleep(0.6)
        put(*arguments)

    return wait_and_put


class TestStoring:
    def test_copies_everything_of_a_build_and_its_source(self, store: Any, stored: Video):
        prefix = stored.current_build.prefix

        assert {f"{prefix}/{rung}/00{n}.ts" for rung in ("360p", "720p") for n in range(4)} | {
            f"{prefix}/720p.mp4",
            f"{prefix}/source/{stored.pk}.mp4",
        } == keys(store)
        assert store.head_object(Bucket="films", Key=f"{prefix}/720p/000.ts")["ContentType"] == (
            "video/MP2T"
        )

    def test_copies_film_once(self, store: Any, stored: Video):
        before = Build.objects.get().stored_at

        store_build(stored.current_build)

        assert Build.objects.get().stored_at == before

    def test_leaves_out_what_a_worker_still_writes(self, store: Any, film: Video):
        write(f"{film.current_build.prefix}/.lease-1/720p/000.ts", b"half")

        store_build(film.current_build)

        assert not any(".lease" in key for key in keys(store))

    def test_does_not_copy_replaced_build(self, store: Any, film: Video):
        old = film.current_build
        publish(make_build(film, make_plan(2)))

        assert not store_build(old)
        assert keys(store) == set()

    def test_asks_for_copy_of_film_with_its_extras(
        self, store: Any, film: Video, encoder: Encoder, settings: Any
    ):
        build = make_next_build(film, make_plan(2), done=1)
        run(finishing.KIND, pk=build.pk)
        assert jobs("store") == []

        run(extras.KIND, pk=build.pk)

        assert jobs("store") == [f"store_build-{build.pk}"]

    def test_does_not_copy_film_without_its_extras(self, store: Any, film: Video):
        Build.objects.update(extras_at=None)

        assert not store_build(film.current_build)

    def test_does_not_copy_again_what_is_there_already(
        self, store: Any, film: Video, monkeypatch: Any
    ):
        prefix = film.current_build.prefix
        written: list[str] = []
        put = bucket._put
        monkeypatch.setattr(bucket, "_put", lambda path, key, go_on: written.append(key))
        store.put_object(Bucket="films", Key=f"{prefix}/720p.mp4", Body=b"half")
        put(local.path(f"{prefix}/720p/000.ts"), f"{prefix}/720p/000.ts", lambda _: None)

        store_build(film.current_build)

        assert f"{prefix}/720p/001.ts" in written
        assert f"{prefix}/720p.mp4" in written, "another size: it was cut off"
        assert f"{prefix}/720p/000.ts" not in written

    def test_ends_copy_whose_lease_is_lost(self, store: Any, monkeypatch: Any):
        def lost() -> None:
            raise LeaseLostError

        paths = [local.path(f"many/{number}") for number in range(100)]
        for number in range(100):
            write(f"many/{number}", b"small")
        monkeypatch.setattr(bucket, "_put", slowly(bucket._put))

        with pytest.raises(LeaseLostError):
            bucket.put([(path, f"hls/1/1/{path.name}") for path in paths], watch=lost)

        assert len(keys(store)) <= 2 * bucket.PARALLEL

    def test_plays_from_here_while_the_bucket_is_away(
        self, no_server: None, film: Video, member: Client
    ):
        build = film.current_build
        for _ in range(django_settings.MAX_ATTEMPTS + 1):
            store_build(build)

        build.refresh_from_db()
        assert (build.stored_at, build.lease_token, build.attempts) == (None, None, 0)
        Build.objects.update(enqueued_at=ago(django_settings.SWEEP_SECONDS))
        assert sweeper.reconcile()["stores"] == 1
        path = f"/api/video/{film.pk}/720p/000.ts"
        answer = member.get(path)
        assert b"".join(answer.streaming_content) == segment_bytes(build, "720p", 0)

    def test_enqueues_next_film_after_one_that_cannot_be_copied(
        self, store: Any, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(archiving, "AT_ONCE", 1)
        broken, fine = make_film("Broken"), make_film("Fine", source_revision=2)
        Build.objects.update(extras_at=ago(0))

        sweeper.reconcile()
        assert jobs("store") == [f"store_build-{broken.current_build.pk}"]
        assert store_build(broken.current_build)
        assert Build.objects.get(pk=broken.current_build.pk).stored_at is None
        Build.objects.filter(pk=broken.current_build.pk).update(enqueued_at=ago(60))
        sweeper.reconcile()
        assert jobs("store")[1:] == [f"store_build-{fine.current_build.pk}"]

    def test_copies_next_film_after_one_that_cannot_be_copied(self, store: Any):
        make_film("Broken")
        fine = make_film("Fine", source_revision=2)
        Build.objects.update(extras_at=ago(0), enqueued_at=ago(60))

        assert order.run_next("store")
        assert order.run_next("store")

        assert Build.objects.get(pk=fine.current_build.pk).stored_at

    def test_copies_nothing_without_the_setting(self, film: Video, settings: Any):
        settings.USE_S3_MEDIA = False

        assert sweeper.reconcile()["stores"] == 0
