"""The progressive MP4: a signed link that a `<video>` element plays without cookies."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.people import ReadingClient, make_user, signed_in
from video_app.models import Video
from video_app.streaming import film_cache
from video_app.tests.films import make_film, write_progressive

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
MP4 = b"\0\0\0\x20ftypisom" + b"x" * 5000


@pytest.fixture
def film() -> Video:
    film = make_film()
    write_progressive(film.current_build, "360p", MP4)
    write_progressive(film.current_build, "720p", MP4[::-1])
    return film


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())


def link(member: Client, film: Video, query: str = "?quality=360p") -> str:
    return member.get(f"/content/video-url/{film.pk}/{query}").json()["url"]


def follow(url: str, **headers: str) -> Any:
    """As a browser's media element would: no cookies."""
    parts = urlsplit(url)
    return ReadingClient().get(f"{parts.path}?{parts.query}", headers=headers)


def test_returns_absolute_link(member: Client, film: Video):
    assert link(member, film).startswith(f"http://testserver/api/video/{film.pk}/360p/film.mp4?")


def test_serves_file_without_cookies(member: Client, film: Video):
    response = follow(link(member, film))

    assert response.status_code == 200
    assert response["Content-Type"] == "video/mp4"
    assert response.getvalue() == MP4


def test_returns_no_link_to_unpublished_film(film: Video):
    Video.objects.update(is_published=False)
    staff = signed_in(make_user("staff", is_staff=True))

    response = staff.get(f"/content/video-url/{film.pk}/?quality=360p")

    assert response.status_code == 404


def test_returns_206_for_single_range(member: Client, film: Video):
    response = follow(link(member, film), Range="bytes=4-7")

    assert response.status_code == 206
    assert response.getvalue() == b"ftyp"


def test_returns_416_beyond_the_end(member: Client, film: Video):
    assert follow(link(member, film), Range="bytes=99999-").status_code == 416


@pytest.mark.parametrize(
    ("query", "body"),
    [("?quality=120p", MP4), ("?quality=1080p", MP4[::-1]), ("", MP4[::-1])],
)
def test_returns_nearest_quality(member: Client, film: Video, query: str, body: bytes):
    assert follow(link(member, film, query)).getvalue() == body


@pytest.mark.parametrize("quality", ["", "4320p", "720P", "../../x", "%00"])
def test_returns_404_for_unknown_quality(member: Client, film: Video, quality: str):
    response = member.get(f"/content/video-url/{film.pk}/?quality={quality}")

    assert response.status_code == 404
    assert "120p" in response.json()["detail"]


def test_explains_missing_file(member: Client):
    response = member.get(f"/content/video-url/{make_film().pk}/?quality=360p")

    assert response.status_code == 404
    assert response.json() == {"detail": "The file of this film is not ready yet."}


def test_rejects_anonymous_requests(film: Video):
    assert Client().get(f"/content/video-url/{film.pk}/?quality=360p").status_code == 401


def test_rejects_expired_link(member: Client, film: Video):
    url = link(member, film)

    with time_machine.travel(timezone.now() + timedelta(seconds=settings.FILE_URL_SECONDS + 5)):
        response = follow(url)

    assert response.status_code == 401
    assert response.json() == {"detail": "This link is not valid or has expired."}


@pytest.mark.parametrize(
    ("old", "new"), [("360p", "720p"), ("token=", "token=9"), ("token=", "other=")]
)
def test_rejects_signature_of_another_file(member: Client, film: Video, old: str, new: str):
    assert follow(link(member, film).replace(old, new)).status_code == 401


def test_rejects_link_of_another_film(member: Client, film: Video):
    other = make_film("Other")

    url = link(member, film).replace(f"/{film.pk}/", f"/{other.pk}/")

    assert follow(url).status_code == 401


def test_rejects_old_links_to_unpublished_film(member: Client, film: Video):
    url = link(member, film)

    Video.objects.update(is_published=False)
    film_cache.forget([film.pk])

    assert follow(url).status_code == 404


def test_serves_warm_request_without_query(
    member: Client, film: Video, django_assert_num_queries: Any
):
    url = link(member, film)

    with django_assert_num_queries(0):
        assert follow(url).status_code == 200
