"""How much room films take in a bucket: summed from rows, at any size by as many queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import make_user
from video_app.models import Build, Chunk, FormerSource, Import, Upload, Video
from video_app.tests.films import ago, make_encoding, make_film
from video_app.work.stored import AT_ONCE, Stored, measure, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
SEGMENTS = 2 * 4 * 188 * 20  # of a film by `make_film`: rungs, segments, bytes of each


def make_stored(size: int = 1000) -> Video:
    """A film in the bucket, with its extras."""
    film = make_film(size=size)
    Build.objects.filter(video=film).update(stored_at=ago(0), extras_at=ago(0))
    return film


def test_sums_sources_segments_and_mp4s():
    film = make_stored(1000)
    Build.objects.update(progressive={"360p": 30, "720p": 70})

    assert measure() == 1

    assert stored() == Stored(films=1, bytes=1000 + SEGMENTS + 100, is_all=True)
    assert Build.objects.get().size == SEGMENTS + 100
    film.delete()
    assert stored() == Stored(films=0, bytes=0, is_all=True)


def test_measures_each_build_once():
    make_stored()

    assert (measure(), measure()) == (1, 0)


def test_measures_so_many_at_once():
    for _ in range(AT_ONCE + 1):
        make_stored()
    Chunk.objects.update(report={})

    assert (measure(), measure()) == (AT_ONCE, 1)


def test_tells_when_some_are_not_measured_yet():
    make_encoding(2, done=1, size=500)
    Build.objects.update(stored_at=ago(0))

    assert measure() == 0
    assert stored() == Stored(films=1, bytes=500, is_all=False)


def test_measures_what_was_replaced_before_its_extras():
    make_film()
    Build.objects.update(stored_at=ago(0), retired_at=ago(0))

    assert measure() == 1


def test_counts_what_is_coming_and_what_was_replaced():
    film = make_stored(1000)
    Build.objects.update(size=0)
    FormerSource.objects.create(video=film, key="sources/old.mp4", size=200)
    moments = {"active_at": ago(0), "expires_at": timezone.now() + timedelta(hours=1)}
    Upload.objects.create(video=film, key="sources/b.mp4", length=90, offset=30, **moments)
    Import.objects.create(video=film, key="sources/c.mp4", length=90, offset=4)

    assert stored().bytes == 1234


def test_leaves_out_what_lies_in_older_places():
    make_film(size=1000)
    Build.objects.update(size=77)

    assert stored() == Stored(films=0, bytes=0, is_all=True)


def test_takes_as_many_queries_for_many(django_assert_num_queries: Any):
    for _ in range(5):
        make_stored()

    with django_assert_num_queries(7):
        stored()


@pytest.mark.parametrize(("size", "words"), [(None, "at least 1.0&nbsp;KB"), (1024, "2.0&nbsp;KB")])
def test_is_told_to_staff(
    client: Client, unasked_bucket: None, monkeypatch: Any, size: int | None, words: str
):
    monkeypatch.setattr("video_app.store.identity.problem", lambda: "")
    make_stored(1024)
    Build.objects.update(size=size)
    client.force_login(make_user("staff", is_staff=True, is_superuser=True))

    page = client.get("/admin/").content.decode().replace("\xa0", "&nbsp;")

    assert words in page
