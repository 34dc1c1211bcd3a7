"""Favourites, positions and the status of a film."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client

from tests.people import make_user, signed_in
from video_app.api import views
from video_app.catalogue import marks
from video_app.models import Build, Favorite, Video, WatchPosition
from video_app.pipeline import refusals
from video_app.tests.films import ago, make_build, make_film, make_plan, make_video, publish

pytestmark = pytest.mark.django_db
JSON = "application/json"
HUGE = 10**30


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())


@pytest.mark.contract
class TestFavorites:
    def toggle(self, client: Client, video_id: Any) -> Any:
        return client.post("/content/add-favorite/", {"video_id": video_id}, JSON)

    def test_returns_full_list_after_toggling(self, member: Client):
        first, second = make_film("1"), make_film("2")

        assert self.toggle(member, first.pk).json() == [first.pk]
        assert self.toggle(member, str(second.pk)).json() == [first.pk, second.pk]
        assert self.toggle(member, first.pk).json() == [second.pk]

    @pytest.mark.parametrize("video_id", [None, "", "x", 0, -1, HUGE, [1], {"a": 1}, 1.5])
    def test_rejects_invalid_ids(self, member: Client, video_id: Any):
        response = self.toggle(member, video_id)

        assert response.status_code == 400
        assert list(response.json()) == ["video_id"]

    @pytest.mark.parametrize("body", ["[]", '"x"', "null", "{}", "1"])
    def test_rejects_other_bodies(self, member: Client, body: str):
        assert member.post("/content/add-favorite/", body, JSON).status_code == 400

    def test_returns_404_for_unknown_and_hidden_films(self, member: Client):
        hidden = make_film(is_published=False)

        assert self.toggle(member, 999).status_code == 404
        assert self.toggle(member, hidden.pk).json() == self.toggle(member, 999).json()

    def test_omits_films_hidden_later(self):
        user = make_user()
        member = signed_in(user)
        shown, hidden = make_film("1"), make_film("2")
        for film in (hidden, shown):
            member.put(f"/api/video/{film.pk}/favorite")
        Video.objects.filter(pk=hidden.pk).update(is_published=False)

        assert marks.favorites(user) == [shown.pk]
        assert self.toggle(member, shown.pk).json() == []

    def test_rejects_anonymous_requests(self):
        assert self.toggle(Client(), make_film().pk).status_code == 401

    def test_separates_users(self, member: Client):
        film = make_film()
        self.toggle(signed_in(make_user("bob")), film.pk)

        assert member.get("/api/video/").json()[0]["is_favorite"] is False

    def test_allows_repeated_put_and_delete(self, member: Client):
        url = f"/api/video/{make_film().pk}/favorite"

        assert [member.put(url).json(), member.put(url).json()] == [{"is_favorite": True}] * 2
        assert member.get("/api/video/").json()[0]["is_favorite"] is True
        assert [member.delete(url).json(), member.delete(url).json()] == [
            {"is_favorite": False}
        ] * 2
        assert not Favorite.objects.exists()

    def test_invalidates_cached_list(self, member: Client):
        film = make_film()
        tag = member.get("/api/video/")["ETag"]

        member.put(f"/api/video/{film.pk}/favorite/")

        response = member.get("/api/video/", headers={"If-None-Match": tag})
        assert response.status_code == 200


class TestPositions:
    def keep(self, client: Client, film: Any, seconds: Any) -> Any:
        return client.put(f"/api/video/{film.pk}/position/", {"seconds": seconds}, JSON)

    def test_stores_position(self, member: Client):
        film = make_film(segments=10)

        answer = self.keep(member, film, 31.5).json()

        assert answer == {"seconds": 31.5, "is_watched": False}
        assert member.get(f"/api/video/{film.pk}/position").json() == answer
        assert member.get("/api/video/").json()[0]["position"] == 31.5

    def test_replaces_position(self, member: Client):
        film = make_film(segments=10)

        self.keep(member, film, 10)
        self.keep(member, film, 20)

        assert WatchPosition.objects.get().seconds == 20

    def test_marks_film_watched_at_its_end(self, member: Client):
        film = make_film(segments=10)

        answer = self.keep(member, film, 58).json()

        assert answer == {"seconds": 0.0, "is_watched": True}
        assert member.get("/api/video/continue/").json() == []
        assert member.get("/api/video/").json()[0]["is_watched"] is True

    def test_keeps_watched_mark_when_watching_again(self, member: Client):
        film = make_film(segments=10)
        self.keep(member, film, 60)

        assert self.keep(member, film, 5).json() == {"seconds": 5.0, "is_watched": True}

    def test_lists_begun_films_latest_first(self, member: Client):
        films = [make_film(str(n), segments=10) for n in range(3)]
        make_film("Never begun")
        for film in (films[1], films[2], films[0], films[1]):
            self.keep(member, film, 10)

        begun = member.get("/api/video/continue").json()

        assert [video["title"] for video in begun] == ["1", "0", "2"]
        assert begun[0]["position"] == 10.0

    def test_omits_hidden_films_from_begun_ones(self, member: Client):
        film = make_film(segments=10)
        self.keep(member, film, 10)

        Video.objects.update(is_published=False)

        assert member.get("/api/video/continue/").json() == []

    def test_deletes_position(self, member: Client):
        film = make_film(segments=10)
        self.keep(member, film, 10)

        assert member.delete(f"/api/video/{film.pk}/position/").json()["seconds"] == 0
        assert not WatchPosition.objects.exists()

    def test_separates_users(self, member: Client):
        film = make_film(segments=10)
        self.keep(signed_in(make_user("bob")), film, 10)

        assert member.get(f"/api/video/{film.pk}/position/").json()["seconds"] == 0
        assert member.get("/api/video/continue/").json() == []

    @pytest.mark.parametrize("seconds", [-1, HUGE, "nan", "inf", "x", None, [], {}])
    def test_rejects_invalid_times(self, member: Client, seconds: Any):
        response = self.keep(member, make_film(), seconds)

        assert response.status_code == 400
        assert list(response.json()) == ["seconds"]


@pytest.mark.django_db(transaction=True)
class TestDeletedMeanwhile:
    """The film is deleted after the view has looked it up, before the mark is written."""

    @pytest.fixture(autouse=True)
    def _deleted_after_the_look(self) -> Iterator[None]:
        look = views.get_object_or_404

        def look_and_lose(*args: Any, **names: Any) -> Any:
            video = look(*args, **names)
            Video.objects.filter(pk=video.pk).delete()
            return video

        with patch.object(views, "get_object_or_404", look_and_lose):
            yield

    @pytest.mark.parametrize(
        ("method", "url", "body"),
        [
            ("put", "/api/video/{}/favorite/", {}),
            ("post", "/content/add-favorite/", {"video_id": "{}"}),
            ("put", "/api/video/{}/position/", {"seconds": 1}),
        ],
    )
    def test_returns_404(self, member: Client, method: str, url: str, body: Any):
        film = make_film()
        sent = {name: film.pk if value == "{}" else value for name, value in body.items()}

        response = getattr(member, method)(url.format(film.pk), sent, JSON)

        assert response.status_code == 404
        assert response.json() == {"detail": "Not found."}
        assert not Favorite.objects.exists()
        assert not WatchPosition.objects.exists()

    @pytest.mark.parametrize("name", ["favorite", "position"])
    def test_deletes_marks_without_error(self, member: Client, name: str):
        film = make_film()

        assert member.delete(f"/api/video/{film.pk}/{name}/").status_code == 200

    def test_returns_status(self, member: Client):
        film = make_film()

        assert member.get(f"/api/video/{film.pk}/status/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_marking_survives_a_race_with_deletion():
    user = make_user()

    def mark(video_id: int) -> int:
        try:
            return signed_in(user).put(f"/api/video/{video_id}/favorite/").status_code
        finally:
            connection.close()

    statuses = set()
    with ThreadPoolExecutor(max_workers=1) as pool:
        for _ in range(10):
            film = make_film()
            marked = pool.submit(mark, film.pk)
            film.delete()
            statuses.add(marked.result())

    assert statuses <= {200, 404}


@pytest.mark.contract
class TestStatus:
    def test_reports_finished_film(self, member: Client):
        film = make_film()

        assert member.get(f"/api/video/{film.pk}/status").json() == {
            "id": film.pk,
            "state": "completed",
            "processed": True,
            "playable": True,
            "progress": 100.0,
            "ready": {},
            "speed": None,
            "seconds_left": None,
            "error": "",
            "notes": [],
        }

    def test_reports_growing_film(self, member: Client):
        film = make_video(state="processing", duration=36.0)
        publish(make_build(film, make_plan(segments=6, chunk=2), done=1))

        body = member.get(f"/api/video/{film.pk}/status/").json()

        assert (body["state"], body["processed"], body["playable"]) == ("processing", False, True)
        assert body["progress"] == pytest.approx(33.3, abs=0.1)
        assert body["ready"] == {"360p": 12.0, "720p": 12.0}

    def test_says_what_is_there_of_each_rendition(self, member: Client):
        film = make_video(state="processing", duration=36.0)
        build = make_build(film, make_plan(segments=6, chunk=2), done=1)
        build.chunks.filter(index=1).update(has_low=True, low_at=ago(0))
        publish(build)

        body = member.get(f"/api/video/{film.pk}/status/").json()

        assert body["ready"] == {"360p": 24.0, "720p": 12.0}

    def test_reports_waiting_film(self, member: Client):
        body = member.get(f"/api/video/{make_video().pk}/status/").json()

        assert (body["state"], body["playable"], body["progress"]) == ("pending", False, 0.0)

    def test_reports_reason_of_failure(self, member: Client):
        film = make_video(state="failed", error="There is no picture in this file.")

        body = member.get(f"/api/video/{film.pk}/status/").json()

        assert (body["state"], body["error"]) == ("failed", "There is no picture in this file.")

    def test_reports_what_was_left_out(self, member: Client):
        film = make_film()
        note = SimpleNamespace(code="sound_undecodable", text="The second sound is broken.")
        plan = SimpleNamespace(source=SimpleNamespace(notes=(note,)))

        with patch.object(Build, "plan", plan):
            body = member.get(f"/api/video/{film.pk}/status/").json()

        assert body["notes"] == [
            {"code": "sound_undecodable", "text": "The second sound is broken."}
        ]

    def test_tells_scripts_of_the_site_in_their_language(self, member: Client):
        film = make_video(state="failed", error=refusals.UNDECODABLE)
        text = "3 subtitle tracks (German, Klingon) were left out: images, not text."
        Video.objects.update(notes=[{"code": "subtitles_are_images", "text": text}])
        url = f"/api/video/{film.pk}/status/"

        old = member.get(url, headers={"Accept-Language": "de"})
        site = member.get(url, headers={"X-Language": "de", "If-None-Match": old["ETag"]})

        assert (old.json()["error"], old.json()["notes"][0]["text"]) == (film.error, text)
        assert site.json()["error"] == "Das Video in dieser Datei lässt sich nicht dekodieren."
        assert site.json()["notes"][0]["text"] == (
            "3 Untertitelspuren (Deutsch, Klingon) wurden weggelassen: Bilder statt Text."
        )

    def test_returns_304_for_unchanged_status(self, member: Client):
        url = f"/api/video/{make_film().pk}/status/"
        tag = member.get(url)["ETag"]

        assert member.get(url, headers={"If-None-Match": tag}).status_code == 304
