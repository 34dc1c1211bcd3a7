"""Playlists and segments: who may have them, by which names, and at what price."""

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.test import Client
from django.utils import timezone
from redis import Redis
from rest_framework.exceptions import PermissionDenied

from tests.people import make_user, signed_in
from video_app.api import stream_docs, urls, urls_content
from video_app.models import BuildState, Video
from video_app.streaming import access, film_cache
from video_app.tests.films import (
    make_build,
    make_film,
    make_plan,
    make_video,
    publish,
    segment_bytes,
)

pytestmark = pytest.mark.django_db
NOT_FOUND = {"detail": "Not found."}


@pytest.fixture
def film() -> Video:
    return make_film(segments=4)


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())


def url(film: Video, rest: str, prefix: str = "/api/video") -> str:
    return f"{prefix}/{film.pk}/{rest}"


def lines(response: Any) -> list[str]:
    return response.content.decode().splitlines()


class TestNames:
    def test_the_master_refers_to_renditions_of_its_build(self, film: Video, member: Client):
        response = member.get(url(film, "master.m3u8"))

        assert response.status_code == 200
        assert response["Content-Type"] == "application/vnd.apple.mpegurl"
        assert f"720p/index.m3u8?b={film.current_build_id}" in lines(response)

    def test_the_masters_alias_lies_one_folder_deeper(self, film: Video, member: Client):
        response = member.get(url(film, "master/index.m3u8"))

        assert f"../720p/index.m3u8?b={film.current_build_id}" in lines(response)

    def test_a_rendition_lists_every_segment(self, film: Video, member: Client):
        response = member.get(url(film, "720p/index.m3u8"))

        segments = [line for line in lines(response) if not line.startswith("#")]
        assert segments == [f"{n:03d}.ts?b={film.current_build_id}" for n in range(4)]
        assert lines(response)[-1] == "#EXT-X-ENDLIST"

    @pytest.mark.parametrize(
        "name", ["002.ts", "index2.ts", "segment002.ts", "segment_002.ts", "00002.ts"]
    )
    def test_a_segment_has_several_names(self, film: Video, member: Client, name: str):
        response = member.get(url(film, f"720p/{name}"))

        assert response.status_code == 200
        assert response["Content-Type"] == "video/MP2T"
        assert response.getvalue() == segment_bytes(film.current_build, "720p", 2)

    @pytest.mark.parametrize("prefix", ["/api/video", "/api/videos"])
    @pytest.mark.parametrize("slash", ["", "/"])
    @pytest.mark.parametrize("name", ["master.m3u8", "360p/index.m3u8", "360p/000.ts"])
    def test_every_spelling_answers_without_a_redirect(
        self, film: Video, member: Client, prefix: str, slash: str, name: str
    ):
        assert member.get(url(film, name + slash, prefix)).status_code == 200

    @pytest.mark.parametrize(
        ("asked", "given"), [("120p", "360p"), ("480p", "360p"), ("1080p", "720p")]
    )
    def test_a_missing_rung_answers_with_the_nearest(
        self, film: Video, member: Client, asked: str, given: str
    ):
        response = member.get(url(film, f"{asked}/001.ts"))

        assert response.getvalue() == segment_bytes(film.current_build, given, 1)

    @pytest.mark.parametrize(
        "name",
        [
            "4320p/index.m3u8",
            "720P/index.m3u8",
            "720/index.m3u8",
            "720p%00/index.m3u8",
            "%EF%BC%91080p/index.m3u8",
            "../index.m3u8",
            "%2e%2e/000.ts",
            "%252e%252e/000.ts",
            "720p/..",
            "./720p",
            "720p/000.ts%0a",
            "720p/segment000.ts%00",
            "720p/..%5c000.ts",
            "720p/%D9%A0%D9%A0%D9%A0.ts",
            "720p/-1.ts",
            "720p/004.ts",
            "720p/999999.ts",
            "720p/9999999.ts",
            "720p/.env",
            f"720p/{'0' * 300}.ts",
            "720p/000.ts?b=0",
            "720p/000.ts?b=x",
            "720p/index.m3u8?b=999",
            "999p/000.ts",
        ],
    )
    def test_it_knows_no_other_name(self, film: Video, member: Client, name: str):
        response = member.get(url(film, name))

        assert response.status_code == 404
        assert response.json() == NOT_FOUND

    @pytest.mark.parametrize("video_id", ["0", "999", "9" * 25, "-1", "x", "1.0", "%D9%A3"])
    def test_it_knows_no_other_video(self, film: Video, member: Client, video_id: str):
        response = member.get(f"/api/video/{video_id}/720p/index.m3u8")

        assert response.status_code == 404
        assert response.json() == NOT_FOUND


STREAM = ["master.m3u8", "720p/index.m3u8", "720p/iframes.m3u8", "720p/000.ts", "thumbnail.jpg"]


@pytest.mark.parametrize("name", STREAM)
class TestRights:
    def test_a_stranger_is_asked_to_sign_in(self, film: Video, name: str):
        response = Client().get(url(film, name))

        assert response.status_code == 401
        assert set(response.json()) == {"detail"}
        assert response["WWW-Authenticate"].startswith("Bearer")

    def test_a_stranger_does_not_learn_which_videos_exist(self, name: str):
        assert Client().get(f"/api/video/999/{name}").status_code == 401

    def test_an_unpublished_film_looks_like_none(self, film: Video, member: Client, name: str):
        Video.objects.update(is_published=False)

        response = member.get(url(film, name))

        assert response.status_code == 404
        assert response.json() == NOT_FOUND

    def test_only_reading_is_possible(self, film: Video, member: Client, name: str):
        response = member.post(url(film, name))

        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"

    def test_errors_carry_cors_headers(self, film: Video, name: str):
        response = Client().get(url(film, name), headers={"Origin": "http://localhost:4200"})

        assert response["Access-Control-Allow-Origin"] == "http://localhost:4200"
        assert response["Access-Control-Allow-Credentials"] == "true"


def stream_views(patterns: Any, path: str = "") -> dict[str, Any]:
    """Path → view, of every route that leads to a stream view."""
    found: dict[str, Any] = {}
    for pattern in patterns:
        here = f"{path}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            found |= stream_views(pattern.url_patterns, here)
        elif pattern.callback.__module__.startswith("video_app.streaming.views."):
            found[here] = pattern.callback
    return found


VIEWS = stream_views(urls.urlpatterns) | stream_views(urls_content.urlpatterns, "content/")
EXAMPLES = {
    "<id:video_id>": "1",
    "<resolution:resolution>": "720p",
    "<segment:number>": "000.ts",
    "<place:number>": "0",
    "<place:track>": "0",
}


def example(path: str) -> str:
    for name, value in EXAMPLES.items():
        path = path.replace(name, value)
    return f"/{path}" if path.startswith("content/") else f"/api/{path}"


@pytest.mark.parametrize("path", VIEWS)
class TestEveryView:
    def test_refuses_strangers(self, film: Video, path: str):
        assert Client().get(example(path)).status_code == 401

    def test_refuses_writing(self, path: str):
        strict = Client(enforce_csrf_checks=True)

        assert strict.post(example(path)).status_code == 405

    def test_answers_a_denial_with_403(self, member: Client, path: str):
        denied = PermissionDenied("Only for adults.")
        with (
            patch.object(access.authentication, "authenticate", side_effect=denied),
            patch.object(access.links, "signed_build", side_effect=denied),
        ):
            response = member.get(example(path))

        assert response.status_code == 403
        assert response.json() == {"detail": "Only for adults."}

    def test_is_in_the_schema(self, path: str):
        documented = {operation.full_path for operation in stream_docs.OPERATIONS}
        canonical = re.sub(r"<\w+:(\w+)>", r"{\1}", path).replace("videos/", "video/")
        canonical = canonical.replace("master/index.m3u8", "master.m3u8")

        assert {f"/{canonical}", f"/api/{canonical}"} & documented


class TestFaults:
    def test_answers_djangos_denial_with_403(self, member: Client):
        with patch.object(access.cache, "get_many", side_effect=DjangoPermissionDenied):
            response = member.get("/api/video/1/720p/000.ts")

        assert (response.status_code, list(response.json())) == (403, ["detail"])

    def test_logs_who_was_denied(self, member: Client, caplog: pytest.LogCaptureFixture):
        with patch.object(access.cache, "get_many", side_effect=PermissionDenied):
            member.get("/api/video/1/720p/000.ts")

        [record] = [each for each in caplog.records if each.message == "permission_denied"]
        assert record.user_id == get_user_model().objects.get().pk

    @pytest.mark.parametrize("problem", [OSError(5, "Input/output error"), PermissionError(13)])
    def test_answers_a_storage_fault_with_503(self, film: Video, member: Client, problem: OSError):
        with patch("video_app.streaming.delivery._open", side_effect=problem):
            response = member.get(url(film, "720p/000.ts"))

        assert response.status_code == 503
        assert response.json() == {"detail": "Please try again in a moment."}


class TestChanges:
    def test_a_token_that_was_good_expires(self, film: Video, member: Client):
        assert member.get(url(film, "720p/000.ts")).status_code == 200

        with time_machine.travel(timezone.now() + timedelta(minutes=61)):
            assert member.get(url(film, "720p/000.ts")).status_code == 401

    def test_staff_see_an_unpublished_film(self, film: Video):
        Video.objects.update(is_published=False)
        staff = signed_in(make_user("boss", is_staff=True))

        assert staff.get(url(film, "720p/000.ts")).status_code == 200

    def test_who_leaves_the_staff_goes_on_as_a_member(self, film: Video):
        hidden, boss = make_film(is_published=False), make_user("boss", is_staff=True)
        client = signed_in(boss)
        assert client.get(url(hidden, "720p/000.ts")).status_code == 200

        boss.is_staff = False
        boss.save()
        cache.clear()  # or fifteen seconds later

        assert client.get(url(film, "720p/000.ts")).status_code == 200
        assert client.get(url(hidden, "720p/000.ts")).status_code == 404

    def test_unpublishing_shows_at_once(self, film: Video, member: Client):
        assert member.get(url(film, "720p/000.ts")).status_code == 200

        Video.objects.update(is_published=False)
        film_cache.forget([film.pk])

        assert member.get(url(film, "720p/000.ts")).status_code == 404

    def test_a_slow_reader_cannot_bring_the_past_back(self, film: Video):
        stale = film_cache._film(film)
        Video.objects.update(is_published=False)
        film_cache.forget([film.pk])

        with patch.object(film_cache, "_film", return_value=stale):
            film_cache.load(film.pk)

        assert not cache.get(film_cache.key(film.pk))

    def test_a_deleted_film_is_gone(self, film: Video, member: Client):
        member.get(url(film, "720p/000.ts"))
        pk = film.pk

        film.delete()
        film_cache.forget([pk])

        assert member.get(f"/api/video/{pk}/720p/000.ts").status_code == 404

    @pytest.mark.parametrize("name", ["master.m3u8", "720p/iframes.m3u8"])
    def test_a_film_that_is_being_deleted_is_not_found(
        self, film: Video, member: Client, name: str
    ):
        film.current_build.chunks.all().delete()

        assert member.get(url(film, name)).json() == NOT_FOUND

    @pytest.mark.parametrize("name", ["master.m3u8", "720p/iframes.m3u8", "720p/index.m3u8"])
    def test_a_chunk_that_is_encoded_again_changes_no_playlist(
        self, film: Video, member: Client, name: str
    ):
        before = member.get(url(film, name)).content
        film.current_build.chunks.filter(index=0).update(state="due")
        cache.clear()

        assert member.get(url(film, name)).content == before

    def test_a_film_without_a_build_has_no_stream(self, member: Client):
        video = make_video()

        assert member.get(url(video, "720p/index.m3u8")).json() == NOT_FOUND

    def test_a_poster_whose_file_is_lost_is_not_found(self, film: Video, member: Client):
        Video.objects.update(poster="posters/lost.jpg")

        assert member.get(url(film, "thumbnail.jpg")).json() == NOT_FOUND

    def test_a_segment_whose_file_is_lost_may_be_asked_for_again(self, film: Video, member: Client):
        """It is encoded again; see test_damage.py."""
        with patch("video_app.streaming.delivery._open", side_effect=FileNotFoundError):
            response = member.get(url(film, "720p/000.ts"))

        assert (response.status_code, response["Retry-After"]) == (503, "5")


class TestGrowth:
    @pytest.fixture
    def growing(self) -> Video:
        video = make_video(state="processing")
        publish(make_build(video, make_plan(segments=6, chunk=2), done=2))
        return video

    def test_the_playlist_lists_the_finished_prefix(self, growing: Video, member: Client):
        response = member.get(url(growing, "720p/index.m3u8"))

        assert [line for line in lines(response) if ".ts" in line][-1].startswith("003.ts")
        assert "#EXT-X-PLAYLIST-TYPE:EVENT" in lines(response)
        assert "#EXT-X-ENDLIST" not in lines(response)
        assert response["Cache-Control"] == "no-store"

    def test_a_chunk_behind_a_gap_is_not_listed(self, growing: Video, member: Client):
        growing.current_build.chunks.filter(index=0).update(state="due")
        growing.current_build.chunks.filter(index=2).update(state="done")

        assert ".ts" not in member.get(url(growing, "720p/index.m3u8")).content.decode()

    def test_a_segment_beyond_the_prefix_is_not_found(self, growing: Video, member: Client):
        assert member.get(url(growing, "720p/003.ts")).status_code == 200
        assert member.get(url(growing, "720p/004.ts")).status_code == 404

    def test_a_finished_chunk_shows_at_once(self, growing: Video, member: Client):
        member.get(url(growing, "720p/index.m3u8"))

        growing.current_build.chunks.update(state="done")
        film_cache.forget([growing.pk])

        assert "005.ts" in member.get(url(growing, "720p/index.m3u8")).content.decode()

    def test_the_last_chunk_ends_the_playlist(self, growing: Video, member: Client):
        """Players need not wait for the MP4s and the storyboard that are still made."""
        growing.current_build.chunks.update(state="done")

        found = lines(member.get(url(growing, "720p/index.m3u8")))
        assert found[-1] == "#EXT-X-ENDLIST"
        assert "#EXT-X-PLAYLIST-TYPE:EVENT" in found

    def test_a_replaced_source_ends_the_playlist(self, growing: Video, member: Client):
        path = url(growing, f"720p/index.m3u8?b={growing.current_build.pk}")
        before = lines(member.get(path))

        growing.builds.update(state=BuildState.CANCELLED, retired_at=timezone.now())
        Video.objects.update(current_build=None)
        film_cache.forget([growing.pk])

        assert lines(member.get(path)) == [*before, "#EXT-X-ENDLIST"]

    def test_completion_ends_the_playlist(self, growing: Video, member: Client):
        member.get(url(growing, "720p/index.m3u8"))

        growing.current_build.chunks.update(state="done")
        growing.builds.update(state=BuildState.COMPLETE)
        film_cache.forget([growing.pk])

        response = member.get(url(growing, "720p/index.m3u8"))
        assert lines(response)[-1] == "#EXT-X-ENDLIST"
        assert response["Cache-Control"] == "private, no-cache"

    def test_trick_play_waits_for_the_end(self, growing: Video, member: Client):
        assert member.get(url(growing, "720p/iframes.m3u8")).status_code == 404
        assert "I-FRAME" not in member.get(url(growing, "master.m3u8")).content.decode()


class TestReplacedSource:
    """A new build reuses the segments' names; a player keeps the build it began with."""

    @pytest.fixture
    def old_and_new(self, film: Video) -> Any:
        old = film.current_build
        new = make_build(film, make_plan(segments=3))
        publish(new)
        film_cache.forget([film.pk])
        return old, new

    def test_a_new_player_gets_the_new_build(self, film: Video, member: Client, old_and_new: Any):
        _, new = old_and_new

        assert f"000.ts?b={new.pk}" in lines(member.get(url(film, "720p/index.m3u8")))
        assert member.get(url(film, "720p/000.ts")).getvalue() == segment_bytes(new, "720p", 0)

    def test_an_old_player_stays_with_the_old(self, film: Video, member: Client, old_and_new: Any):
        old, _ = old_and_new

        segment = member.get(url(film, f"720p/003.ts?b={old.pk}"))
        rendition = member.get(url(film, f"480p/index.m3u8?b={old.pk}"))

        assert segment.getvalue() == segment_bytes(old, "720p", 3)
        assert f"003.ts?b={old.pk}" in lines(rendition)

    def test_the_old_build_ends_after_its_grace(
        self, film: Video, member: Client, old_and_new: Any
    ):
        old, _ = old_and_new

        old.delete()
        film_cache.forget([film.pk])

        assert member.get(url(film, f"720p/000.ts?b={old.pk}")).status_code == 404

    def test_a_build_that_was_never_shown_cannot_be_named(self, film: Video, member: Client):
        secret = make_build(film, make_plan())

        assert member.get(url(film, f"720p/000.ts?b={secret.pk}")).status_code == 404

    def test_the_build_of_another_film_cannot_be_named(self, film: Video, member: Client):
        other = make_film("Other")

        assert member.get(url(film, f"720p/000.ts?b={other.current_build_id}")).status_code == 404

    def test_only_a_url_that_names_its_build_may_be_kept(self, film: Video, member: Client):
        kept = member.get(url(film, f"720p/000.ts?b={film.current_build_id}"))
        asked_again = member.get(url(film, "720p/000.ts"))

        assert kept["Cache-Control"] == "private, max-age=31536000, immutable"
        assert asked_again["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", STREAM[:4])
class TestPrice:
    def test_a_warm_request_asks_no_database(
        self, film: Video, member: Client, name: str, django_assert_num_queries: Any
    ):
        member.get(url(film, name))

        with django_assert_num_queries(0):
            assert member.get(url(film, name)).status_code == 200

    def test_a_warm_request_makes_one_round_trip(self, film: Video, member: Client, name: str):
        member.get(url(film, name))

        execute = Redis.execute_command
        with patch.object(Redis, "execute_command", autospec=True, side_effect=execute) as trips:
            assert member.get(url(film, name)).status_code == 200

        assert trips.call_count == 1

    def test_a_cold_request_asks_a_few_times(
        self, film: Video, member: Client, name: str, django_assert_max_num_queries: Any
    ):
        with django_assert_max_num_queries(5):
            assert member.get(url(film, name)).status_code == 200
