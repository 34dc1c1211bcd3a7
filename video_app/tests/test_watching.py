"""Which films are being watched: noted by playlists, forgotten after half a minute."""

from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test import Client
from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import ResponseError

from tests.people import make_user, signed_in
from tests.settings import PRODUCT_CACHE
from video_app.models import BuildState, Video
from video_app.streaming import film_cache, watching
from video_app.tests.films import make_build, make_film, make_plan, make_video, publish


def age(video_id: int, seconds: int) -> None:
    """Move a note into the past, as if nobody had asked since."""
    redis = get_redis_connection("default")
    redis.zincrby(cache.make_key(watching.WATCHED), -seconds, video_id)
    cache.delete(watching.noted_key(video_id))


class TestNotes:
    def test_finds_no_watched_film_at_first(self):
        assert watching.watched_now() == set()

    def test_finds_every_noted_film(self):
        watching.note(1)
        watching.note(2**62)

        assert watching.watched_now() == {1, 2**62}

    def test_counts_a_film_once(self):
        watching.note(1)
        watching.note(1)

        assert watching.watched_now() == {1}

    def test_keeps_a_film_for_thirty_seconds(self):
        watching.note(1)
        age(1, 30)

        assert watching.watched_now() == {1}

    def test_forgets_a_film_that_nobody_asks_for(self):
        watching.note(1)
        age(1, watching.WATCHED_SECONDS + watching.NOTED_SECONDS + 1)

        assert watching.watched_now() == set()

    def test_renews_a_film_that_is_asked_for_again(self):
        watching.note(1)
        age(1, 34)
        watching.note(1)

        assert watching.watched_now() == {1}

    def test_begins_anew_with_a_film_that_nobody_watched_any_more(self):
        watching.note(1, 40)
        age(1, watching.WATCHED_SECONDS + watching.NOTED_SECONDS + 1)
        watching.watched_now()
        watching.note(1, 2)

        assert watching.furthest() == {1: 2}

    def test_leaves_nothing_behind_in_redis(self):
        watching.note(1)

        redis = get_redis_connection("default")
        assert 0 < redis.ttl(cache.make_key(watching.WATCHED)) <= 35
        assert 0 < redis.ttl(cache.make_key(watching.FURTHEST)) <= 35
        assert 0 < redis.ttl(cache.make_key(watching.noted_key(1))) <= 5

    def test_knows_nothing_without_redis(self, settings: Any):
        settings.CACHES = {"default": PRODUCT_CACHE | {"LOCATION": "redis://127.0.0.1:1/0"}}

        watching.note(1)

        assert watching.watched_now() == set()

    @pytest.mark.parametrize("problem", ["OOM command not allowed", "READONLY replica"])
    def test_ignores_a_redis_that_refuses(self, problem: str):
        with patch.object(Redis, "execute_command", side_effect=ResponseError(problem)):
            watching.note(1)
            assert watching.watched_now() == set()


@pytest.mark.django_db
class TestPlaylists:
    @pytest.fixture
    def growing(self) -> Video:
        video = make_video(state="processing")
        publish(make_build(video, make_plan(segments=6, chunk=2), done=2))
        return video

    @pytest.fixture
    def member(self) -> Client:
        return signed_in(make_user())

    @pytest.mark.parametrize(
        "name", ["master.m3u8", "720p/index.m3u8", "480p/index.m3u8", "720p/000.ts"]
    )
    def test_notes_a_growing_film(self, growing: Video, member: Client, name: str):
        member.get(f"/api/video/{growing.pk}/{name}")

        assert watching.watched_now() == {growing.pk}

    def test_ignores_a_finished_film(self, member: Client):
        member.get(f"/api/video/{make_film().pk}/720p/index.m3u8")

        assert watching.watched_now() == set()

    def test_ignores_a_cancelled_build(self, growing: Video, member: Client):
        growing.builds.update(state=BuildState.CANCELLED)
        film_cache.forget([growing.pk])

        member.get(f"/api/video/{growing.pk}/720p/index.m3u8")

        assert watching.watched_now() == set()

    @pytest.mark.parametrize("name", ["thumbnail.jpg", "720p/iframes.m3u8", "720p/009.ts"])
    def test_ignores_other_requests(self, growing: Video, member: Client, name: str):
        member.get(f"/api/video/{growing.pk}/{name}")

        assert watching.watched_now() == set()

    def test_ignores_a_stranger(self, growing: Video):
        assert Client().get(f"/api/video/{growing.pk}/720p/index.m3u8").status_code == 401
        assert watching.watched_now() == set()

    def test_notes_the_furthest_segment(self, growing: Video, member: Client):
        for name in ("000.ts", "003.ts", "001.ts", "index.m3u8"):
            assert member.get(f"/api/video/{growing.pk}/720p/{name}").status_code == 200

        assert watching.furthest() == {growing.pk: 3}

    def test_asks_redis_once_soon_after_a_note(self, growing: Video, member: Client):
        url = f"/api/video/{growing.pk}/720p/index.m3u8"
        member.get(url)

        execute = Redis.execute_command
        with patch.object(Redis, "execute_command", autospec=True, side_effect=execute) as trips:
            assert member.get(url).status_code == 200

        assert trips.call_count == 1
