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
from video_app.pipeline import layout
from video_app.streaming import access, damage, film_cache
from video_app.tests.films import (
    make_build,
    make_film,
    make_plan,
    make_video,
    publish,
    segment_bytes,
    write,
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
    def test_names_build_in_master(self, film: Video, member: Client):
        response = member.get(url(film, "master.m3u8"))

        assert response.status_code == 200
        assert response["Content-Type"] == "application/vnd.apple.mpegurl"
        assert f"720p/index.m3u8?b={film.current_build_id}" in lines(response)

    def test_adjusts_uris_in_master_alias(self, film: Video, member: Client):
        response = member.get(url(film, "master/index.m3u8"))

        assert f"../720p/index.m3u8?b={film.current_build_id}" in lines(response)

    def test_lists_every_segment(self, film: Video, member: Client):
        response = member.get(url(film, "720p/index.m3u8"))

        segments = [line for line in lines(response) if not line.startswith("#")]
        assert segments == [f"{n:03d}.ts?b={film.current_build_id}" for n in range(4)]
        assert lines(response)[-1] == "#EXT-X-ENDLIST"

    @pytest.mark.parametrize(
        "name", ["002.ts", "index2.ts", "segment002.ts", "segment_002.ts", "00002.ts"]
    )
    def test_accepts_alternative_segment_names(self, film: Video, member: Client, name: str):
        response = member.get(url(film, f"720p/{name}"))

        assert response.status_code == 200
        assert response["Content-Type"] == "video/MP2T"
        assert response.getvalue() == segment_bytes(film.current_build, "720p", 2)

    @pytest.mark.parametrize("prefix", ["/api/video", "/api/videos"])
    @pytest.mark.parametrize("slash", ["", "/"])
    @pytest.mark.parametrize("name", ["master.m3u8", "360p/index.m3u8", "360p/000.ts"])
    def test_answers_every_spelling_without_redirect(
        self, film: Video, member: Client, prefix: str, slash: str, name: str
    ):
        assert member.get(url(film, name + slash, prefix)).status_code == 200

    @pytest.mark.parametrize(
        ("asked", "given"), [("120p", "360p"), ("480p", "360p"), ("1080p", "720p")]
    )
    def test_returns_nearest_rendition(self, film: Video, member: Client, asked: str, given: str):
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
    def test_returns_404_for_unknown_names(self, film: Video, member: Client, name: str):
        response = member.get(url(film, name))

        assert response.status_code == 404
        assert response.json() == NOT_FOUND

    @pytest.mark.parametrize("video_id", ["0", "999", "9" * 25, "-1", "x", "1.0", "%D9%A3"])
    def test_returns_404_for_unknown_videos(self, film: Video, member: Client, video_id: str):
        response = member.get(f"/api/video/{video_id}/720p/index.m3u8")

        assert response.status_code == 404
        assert response.json() == NOT_FOUND


STREAM = ["master.m3u8", "720p/index.m3u8", "720p/iframes.m3u8", "720p/000.ts", "thumbnail.jpg"]


@pytest.mark.parametrize("name", STREAM)
@pytest.mark.contract
class TestRights:
    def test_rejects_anonymous_requests(self, film: Video, name: str):
        response = Client().get(url(film, name))

        assert response.status_code == 401
        assert set(response.json()) == {"detail"}
        assert response["WWW-Authenticate"].startswith("Bearer")

    def test_hides_existence_from_anonymous_requests(self, name: str):
        assert Client().get(f"/api/video/999/{name}").status_code == 401

    def test_hides_unpublished_films(self, film: Video, member: Client, name: str):
        Video.objects.update(is_published=False)

        response = member.get(url(film, name))

        assert response.status_code == 404
        assert response.json() == NOT_FOUND

    def test_rejects_writing(self, film: Video, member: Client, name: str):
        response = member.post(url(film, name))

        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"

    def test_sends_cors_headers_with_errors(self, film: Video, name: str):
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
    "<right:right>": f"{'a' * 60}.{'b' * 43}",
    "<id:video_id>": "1",
    "<resolution:resolution>": "720p",
    "<segment:number>": "000.ts",
    "<place:number>": "0",
    "<place:track>": "0",
    "<id:subtitle_id>": "1",
    "<poster:name>": "640.jpg",
}


def example(path: str) -> str:
    for name, value in EXAMPLES.items():
        path = path.replace(name, value)
    return f"/{path}" if path.startswith("content/") else f"/api/{path}"


@pytest.mark.parametrize("path", VIEWS)
class TestEveryView:
    def test_rejects_anonymous_requests(self, film: Video, path: str):
        assert Client().get(example(path)).status_code == 401

    def test_rejects_writing_without_csrf_token(self, path: str):
        strict = Client(enforce_csrf_checks=True)

        assert strict.post(example(path)).status_code == 405

    def test_returns_403_when_denied(self, member: Client, path: str):
        denied = PermissionDenied("Only for adults.")
        with (
            patch.object(access.authentication, "authenticate", side_effect=denied),
            patch.object(access.links, "signed_build", side_effect=denied),
            patch.object(access.PlayRight, "parse", side_effect=denied),
        ):
            response = member.get(example(path))

        assert response.status_code == 403
        assert response.json() == {"detail": "Only for adults."}

    def test_documents_view_in_schema(self, path: str):
        documented = {operation.full_path for operation in stream_docs.OPERATIONS}
        canonical = re.sub(r"<\w+:(\w+)>", r"{\1}", path).replace("videos/", "video/")
        canonical = canonical.replace("play/{right}/", "video/")  # the same views under a play link
        canonical = canonical.replace("master/index.m3u8", "master.m3u8")
        canonical = canonical.replace("poster-{name}", "poster-{width}.{format}")

        assert {f"/{canonical}", f"/api/{canonical}"} & documented


@pytest.mark.contract
class TestFaults:
    def test_returns_403_for_denial_of_django(self, member: Client):
        with patch.object(access.cache, "get_many", side_effect=DjangoPermissionDenied):
            response = member.get("/api/video/1/720p/000.ts")

        assert (response.status_code, list(response.json())) == (403, ["detail"])

    def test_logs_denied_user(self, member: Client, caplog: pytest.LogCaptureFixture):
        with patch.object(access.cache, "get_many", side_effect=PermissionDenied):
            member.get("/api/video/1/720p/000.ts")

        [record] = [each for each in caplog.records if each.message == "permission_denied"]
        assert record.user_id == get_user_model().objects.get().pk

    @pytest.mark.parametrize("problem", [OSError(5, "Input/output error"), PermissionError(13)])
    def test_returns_503_for_storage_fault(self, film: Video, member: Client, problem: OSError):
        with patch("video_app.streaming.delivery._open", side_effect=problem):
            response = member.get(url(film, "720p/000.ts"))

        assert response.status_code == 503
        assert response.json() == {"detail": "Please try again in a moment."}


class TestChanges:
    def test_rejects_expired_token(self, film: Video, member: Client):
        assert member.get(url(film, "720p/000.ts")).status_code == 200

        with time_machine.travel(timezone.now() + timedelta(minutes=61)):
            assert member.get(url(film, "720p/000.ts")).status_code == 401

    def test_shows_unpublished_film_to_staff(self, film: Video):
        Video.objects.update(is_published=False)
        staff = signed_in(make_user("staff", is_staff=True))

        assert staff.get(url(film, "720p/000.ts")).status_code == 200

    def test_treats_former_staff_as_member(self, film: Video):
        hidden, staff = make_film(is_published=False), make_user("staff", is_staff=True)
        client = signed_in(staff)
        assert client.get(url(hidden, "720p/000.ts")).status_code == 200

        staff.is_staff = False
        staff.save()
        cache.clear()  # or fifteen seconds later

        assert client.get(url(film, "720p/000.ts")).status_code == 200
        assert client.get(url(hidden, "720p/000.ts")).status_code == 404

    def test_hides_unpublished_film_at_once(self, film: Video, member: Client):
        assert member.get(url(film, "720p/000.ts")).status_code == 200

        Video.objects.update(is_published=False)
        film_cache.forget([film.pk])

        assert member.get(url(film, "720p/000.ts")).status_code == 404

    def test_ignores_stale_film_of_slow_reader(self, film: Video):
        stale = film_cache._film(film)
        Video.objects.update(is_published=False)
        film_cache.forget([film.pk])

        with patch.object(film_cache, "_film", return_value=stale):
            film_cache.load(film.pk)

        assert not cache.get(film_cache.key(film.pk))

    def test_returns_404_for_deleted_film(self, film: Video, member: Client):
        member.get(url(film, "720p/000.ts"))
        pk = film.pk

        film.delete()
        film_cache.forget([pk])

        assert member.get(f"/api/video/{pk}/720p/000.ts").status_code == 404

    @pytest.mark.parametrize("name", ["master.m3u8", "720p/iframes.m3u8"])
    def test_returns_404_while_film_is_deleted(self, film: Video, member: Client, name: str):
        film.current_build.chunks.all().delete()

        assert member.get(url(film, name)).json() == NOT_FOUND

    @pytest.mark.parametrize("name", ["master.m3u8", "720p/iframes.m3u8", "720p/index.m3u8"])
    def test_keeps_playlist_while_chunk_is_encoded_again(
        self, film: Video, member: Client, name: str
    ):
        before = member.get(url(film, name)).content
        film.current_build.chunks.filter(index=0).update(state="due")
        cache.clear()

        assert member.get(url(film, name)).content == before

    def test_returns_404_without_build(self, member: Client):
        video = make_video()

        assert member.get(url(video, "720p/index.m3u8")).json() == NOT_FOUND

    def test_returns_404_for_lost_poster(self, film: Video, member: Client):
        Video.objects.update(poster="posters/lost.jpg")

        assert member.get(url(film, "thumbnail.jpg")).json() == NOT_FOUND

    def test_returns_503_for_lost_segment(self, film: Video, member: Client):
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

    def test_lists_finished_prefix(self, growing: Video, member: Client):
        response = member.get(url(growing, "360p/index.m3u8"))

        assert [line for line in lines(response) if ".ts" in line][-1].startswith("003.ts")
        assert "#EXT-X-PLAYLIST-TYPE:EVENT" in lines(response)
        assert "#EXT-X-ENDLIST" not in lines(response)
        assert response["Cache-Control"] == "no-store"

    def test_omits_chunks_after_unfinished_one(self, growing: Video, member: Client):
        growing.current_build.chunks.filter(index=0).update(state="due")
        growing.current_build.chunks.filter(index=2).update(state="done")

        assert ".ts" not in member.get(url(growing, "720p/index.m3u8")).content.decode()

    def test_returns_404_beyond_finished_prefix(self, growing: Video, member: Client):
        assert member.get(url(growing, "720p/003.ts")).status_code == 200
        assert member.get(url(growing, "720p/004.ts")).status_code == 404

    def test_lists_finished_chunk_at_once(self, growing: Video, member: Client):
        member.get(url(growing, "720p/index.m3u8"))

        growing.current_build.chunks.update(state="done")
        film_cache.forget([growing.pk])

        assert "005.ts" in member.get(url(growing, "720p/index.m3u8")).content.decode()

    def test_ends_playlist_with_last_chunk(self, growing: Video, member: Client):
        """Players need not wait for the MP4s and the storyboard that are still made."""
        growing.current_build.chunks.update(state="done")

        found = lines(member.get(url(growing, "720p/index.m3u8")))
        assert found[-1] == "#EXT-X-ENDLIST"
        assert "#EXT-X-PLAYLIST-TYPE:EVENT" in found

    def test_ends_playlist_of_replaced_source(self, growing: Video, member: Client):
        path = url(growing, f"720p/index.m3u8?b={growing.current_build.pk}")
        before = lines(member.get(path))

        growing.builds.update(state=BuildState.CANCELLED, retired_at=timezone.now())
        Video.objects.update(current_build=None)
        film_cache.forget([growing.pk])

        assert lines(member.get(path)) == [*before, "#EXT-X-ENDLIST"]

    def test_ends_playlist_of_complete_build(self, growing: Video, member: Client):
        member.get(url(growing, "720p/index.m3u8"))

        growing.current_build.chunks.update(state="done")
        growing.builds.update(state=BuildState.COMPLETE)
        film_cache.forget([growing.pk])

        response = member.get(url(growing, "720p/index.m3u8"))
        assert lines(response)[-1] == "#EXT-X-ENDLIST"
        assert response["Cache-Control"] == "private, no-cache"

    def test_offers_trick_play_when_complete(self, growing: Video, member: Client):
        assert member.get(url(growing, "720p/iframes.m3u8")).status_code == 404
        assert "I-FRAME" not in member.get(url(growing, "master.m3u8")).content.decode()


class TestLayers:
    @pytest.fixture
    def growing(self) -> Video:
        """All of its first chunk, the low layer of its second."""
        video = make_video(state="processing")
        build = make_build(video, make_plan(segments=20, chunk=2), done=1)
        build.chunks.filter(index=1).update(has_low=True, low_at=timezone.now())
        publish(build)
        return video

    @staticmethod
    def layer_of(film: Video, chunks: Any, **changes: Any) -> None:
        chunks.update(**changes)
        film_cache.forget([film.pk])

    def layer(self, film: Video, **changes: Any) -> None:
        self.layer_of(film, film.current_build.chunks, **changes)

    def test_lists_each_rendition_as_far_as_it_is_there(self, growing: Video, member: Client):
        listed = {
            rung: member.get(url(growing, f"{rung}/index.m3u8?own=1")).content.decode().count(".ts")
            for rung in ("360p", "720p")
        }

        assert listed == {"360p": 4, "720p": 2}

    def test_names_upper_renditions_once_players_can_keep_to_them(
        self, growing: Video, member: Client
    ):
        def named() -> list[str]:
            return [
                line[:4]
                for line in lines(member.get(url(growing, "master.m3u8")))
                if "/" in line[:6]
            ]

        few = named()
        growing.current_build.chunks.filter(index__lt=3).update(state="done")
        film_cache.forget([growing.pk])

        assert (few, named()) == (["360p"], ["720p", "360p"])

    def test_names_all_renditions_when_asked(self, growing: Video, member: Client):
        found = lines(member.get(url(growing, "master.m3u8?rungs=all")))

        named = [line for line in found if "/" in line[:6]]
        assert [line[:4] for line in named] == ["360p", "720p"]
        assert all(line.endswith("&own=1") for line in named)

    def test_begins_rendition_that_is_not_offered_with_a_lower_one(
        self, growing: Video, member: Client
    ):
        """Whatever is encoded next, a list only grows."""
        chunks = growing.current_build.chunks
        chunks.update(state="due", has_low=True, low_at=timezone.now())
        seen: list[list[str]] = []
        for done in range(5):
            self.layer_of(growing, chunks.filter(index__lt=done), state="done")
            text = lines(member.get(url(growing, "720p/index.m3u8")))
            seen.append([line for line in text if ".ts" in line])

        build = growing.current_build_id
        assert [len(segments) for segments in seen] == [6, 6, 6, 6, 8]
        assert {segments[0] for segments in seen} == {f"000.ts?b={build}"}

    def test_sends_segment_of_a_lower_rendition_for_a_while(self, growing: Video, member: Client):
        build = growing.current_build
        write(layout.segment_key(build.prefix, "360p", 3), b"low")

        own = member.get(url(growing, f"720p/000.ts?b={build.pk}"))
        lent = member.get(url(growing, f"720p/003.ts?b={build.pk}"))

        assert own.getvalue() == segment_bytes(build, "720p", 0)
        assert lent.getvalue() == b"low"
        assert "immutable" in own["Cache-Control"]
        assert lent["Cache-Control"] == "no-store"
        assert member.get(url(growing, "720p/004.ts")).status_code == 404

    def test_does_not_end_rendition_with_another(self, member: Client):
        """A short film whose low layer is whole: its own pictures follow."""
        video = make_video(state="processing")
        build = make_build(video, make_plan(segments=2, chunk=1), done=1)
        build.chunks.update(has_low=True, low_at=timezone.now())
        publish(build)

        named, low = (
            lines(member.get(url(video, f"{rung}/index.m3u8"))) for rung in ("720p", "360p")
        )

        assert named.count("#EXT-X-ENDLIST") == 0
        assert low[-1] == "#EXT-X-ENDLIST"
        assert len(named) == len(low) - 1

    def test_gives_rendition_of_its_own_to_whom_it_is_enough(self, growing: Video, member: Client):
        text = lines(member.get(url(growing, "720p/index.m3u8?own=1")))

        assert [line[:6] for line in text if ".ts" in line] == ["000.ts", "001.ts"]

    def test_keeps_listing_what_is_encoded_again(self, growing: Video, member: Client):
        before = lines(member.get(url(growing, "360p/index.m3u8")))
        assert damage.request_again(growing.current_build, 1)
        film_cache.forget([growing.pk])

        assert lines(member.get(url(growing, "360p/index.m3u8"))) == before
        assert not growing.current_build.chunks.get(index=1).has_low


class TestReplacedSource:
    """A new build reuses the segments' names; a player keeps the build it began with."""

    @pytest.fixture
    def old_and_new(self, film: Video) -> Any:
        old = film.current_build
        new = make_build(film, make_plan(segments=3))
        publish(new)
        film_cache.forget([film.pk])
        return old, new

    def test_serves_new_build_to_new_player(self, film: Video, member: Client, old_and_new: Any):
        _, new = old_and_new

        assert f"000.ts?b={new.pk}" in lines(member.get(url(film, "720p/index.m3u8")))
        assert member.get(url(film, "720p/000.ts")).getvalue() == segment_bytes(new, "720p", 0)

    def test_serves_old_build_to_old_player(self, film: Video, member: Client, old_and_new: Any):
        old, _ = old_and_new

        segment = member.get(url(film, f"720p/003.ts?b={old.pk}"))
        rendition = member.get(url(film, f"480p/index.m3u8?b={old.pk}"))

        assert segment.getvalue() == segment_bytes(old, "720p", 3)
        assert f"003.ts?b={old.pk}" in lines(rendition)

    def test_returns_404_for_removed_build(self, film: Video, member: Client, old_and_new: Any):
        old, _ = old_and_new

        old.delete()
        film_cache.forget([film.pk])

        assert member.get(url(film, f"720p/000.ts?b={old.pk}")).status_code == 404

    def test_returns_404_for_unpublished_build(self, film: Video, member: Client):
        secret = make_build(film, make_plan())

        assert member.get(url(film, f"720p/000.ts?b={secret.pk}")).status_code == 404

    def test_returns_404_for_build_of_another_film(self, film: Video, member: Client):
        other = make_film("Other")

        assert member.get(url(film, f"720p/000.ts?b={other.current_build_id}")).status_code == 404

    def test_allows_caching_only_when_url_names_build(self, film: Video, member: Client):
        kept = member.get(url(film, f"720p/000.ts?b={film.current_build_id}"))
        asked_again = member.get(url(film, "720p/000.ts"))

        assert kept["Cache-Control"] == "private, max-age=31536000, immutable"
        assert asked_again["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", STREAM[:4])
class TestPrice:
    def test_serves_warm_request_without_query(
        self, film: Video, member: Client, name: str, django_assert_num_queries: Any
    ):
        member.get(url(film, name))

        with django_assert_num_queries(0):
            assert member.get(url(film, name)).status_code == 200

    def test_serves_warm_request_with_one_round_trip(self, film: Video, member: Client, name: str):
        member.get(url(film, name))

        execute = Redis.execute_command
        with patch.object(Redis, "execute_command", autospec=True, side_effect=execute) as trips:
            assert member.get(url(film, name)).status_code == 200

        assert trips.call_count == 1

    def test_limits_queries_of_cold_request(
        self, film: Video, member: Client, name: str, django_assert_max_num_queries: Any
    ):
        with django_assert_max_num_queries(6):
            assert member.get(url(film, name)).status_code == 200
