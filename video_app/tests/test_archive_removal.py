"""Removing films from the bucket."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from video_app import tasks
from video_app.models import Build, Tombstone, Video
from video_app.store import bucket, identity
from video_app.tests.archive import (
    SOURCE,
    keys,
    store_build,
    tidied,
)
from video_app.tests.films import (
    ago,
    make_build,
    make_film,
    make_plan,
    publish,
    write,
)
from video_app.work import archiving, sweeper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_media", "with_bucket"),
]


class TestRemoval:
    def pass_time(self) -> None:
        seconds = archiving.NOTICE_LEASES * django_settings.LEASE_SECONDS + 1
        Tombstone.objects.update(created_at=ago(seconds))

    def test_removes_deleted_film_wholly(self, store: Any, stored: Video):
        stored.delete()
        self.pass_time()

        assert tidied() == 1
        assert keys(store) == set()
        assert not Tombstone.objects.exists()

    def test_removes_nothing_while_somebody_may_still_copy(self, store: Any, stored: Video):
        stored.delete()

        assert tidied() == 0
        assert keys(store)

    def test_keeps_another_film(self, store: Any, stored: Video):
        other = make_film("Another", pk=stored.pk * 10 + 1, video_file="sources/other.mp4")
        write("sources/other.mp4", SOURCE)
        Build.objects.filter(video=other).update(extras_at=ago(0))
        assert store_build(other.current_build)
        stored.delete()
        self.pass_time()

        tidied()

        assert {key.split("/")[1] for key in keys(store)} == {str(other.pk)}

    def test_removes_replaced_build_after_its_time(self, store: Any, stored: Video):
        old = stored.current_build
        publish(make_build(stored, make_plan(2)))
        Build.objects.filter(pk=old.pk).update(
            retired_at=ago(django_settings.RETIRED_BUILD_SECONDS + 1)
        )
        tidied()
        self.pass_time()
        tidied()

        assert not any(key.startswith(f"{old.prefix}/") for key in keys(store))

    def test_tries_again_what_the_bucket_refuses_to_remove(
        self, store: Any, stored: Video, monkeypatch: Any
    ):
        stored.delete()
        self.pass_time()
        refusal = {"Errors": [{"Key": "hls/1", "Code": "AccessDenied"}]}
        with monkeypatch.context() as denied:
            denied.setattr(store, "delete_objects", lambda **wanted: refusal)
            tidied()
            assert keys(store)

        tidied()
        assert keys(store) == set()

    def test_removes_film_that_was_deleted_while_the_bucket_was_not_used(
        self, store: Any, stored: Video, settings: Any
    ):
        settings.USE_S3_MEDIA = False
        stored.delete()
        self.pass_time()
        assert tidied() == 0

        settings.USE_S3_MEDIA = True
        assert tidied() == 1
        assert keys(store) == set()

    def test_removes_nothing_in_a_dry_run(self, store: Any, stored: Video):
        stored.delete()
        self.pass_time()

        assert sweeper.reconcile(dry_run=True)["tidying"] == 1
        assert keys(store)

    def test_empties_later_a_bucket_that_is_away(
        self, store: Any, stored: Video, settings: Any, s3: str
    ):
        stored.delete()
        self.pass_time()
        settings.AWS_S3_ENDPOINT_URL = "http://127.0.0.1:9"
        bucket._make_client.cache_clear()
        tidied()

        settings.AWS_S3_ENDPOINT_URL = s3
        bucket._make_client.cache_clear()

        assert tidied() == 1
        assert keys(store) == set()

    def test_removes_nothing_while_the_media_are_of_another_database(
        self, store: Any, stored: Video, own_media: Path
    ):
        """Then the numbers of films in the bucket may be another's too."""
        stored.delete()
        self.pass_time()
        identity.write_mark(uuid.uuid4())

        tasks.tidy_bucket()

        assert keys(store)
