"""Without Redis everything plays, from the database."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.people import make_user, signed_in
from tests.settings import PRODUCT_CACHE
from video_app.models import Video
from video_app.tests.films import make_film

pytestmark = pytest.mark.django_db
STREAM = ["master.m3u8", "720p/index.m3u8", "720p/iframes.m3u8", "720p/000.ts"]


@pytest.fixture
def film() -> Video:
    return make_film()


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())


def redis_at(settings: Any, port: int) -> None:
    location = {"LOCATION": f"redis://127.0.0.1:{port}/0"}
    settings.CACHES = {"default": PRODUCT_CACHE | location}


@pytest.fixture
def dead_redis(settings: Any) -> None:
    redis_at(settings, 1)


@pytest.fixture
def silent_redis(settings: Any) -> Iterator[None]:
    """It takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        redis_at(settings, server.getsockname()[1])
        yield


@pytest.mark.usefixtures("dead_redis")
class TestDead:
    @pytest.mark.parametrize("name", STREAM)
    def test_serves_films(self, film: Video, member: Client, name: str):
        assert member.get(f"/api/video/{film.pk}/{name}").status_code == 200

    @pytest.mark.parametrize("path", ["/api/video/", "/api/video/?page=1", "/content/"])
    def test_serves_lists(self, film: Video, member: Client, path: str):
        assert member.get(path).status_code == 200

    def test_checks_rights(self, film: Video, member: Client):
        url = f"/api/video/{film.pk}/720p/000.ts"
        assert Client().get(url).status_code == 401

        Video.objects.update(is_published=False)

        assert member.get(url).status_code == 404

    def test_stores_marks(self, film: Video, member: Client):
        assert member.put(f"/api/video/{film.pk}/favorite/").status_code == 200


@pytest.mark.usefixtures("silent_redis")
class TestSilent:
    def test_delays_only_first_request(self, film: Video, member: Client):
        """A segment asks Redis three times; half a second each would be too much."""
        url = f"/api/video/{film.pk}/720p/000.ts"
        assert member.get(url).status_code == 200  # and waits

        started = time.monotonic()
        answers = {member.get(url).status_code for _ in range(10)}

        assert answers == {200}
        assert time.monotonic() - started < 1
