"""The lists: what they show, in which shape and at what price."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.api import paging
from video_app.catalogue import index, marks, versions
from video_app.models import Category, Video
from video_app.tests.films import make_build, make_film, make_plan, make_video, publish, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())


def titles(response: Any) -> list[str]:
    return [video["title"] for video in response.json()]


@pytest.mark.contract
class TestShape:
    def test_returns_bare_array_with_contract_fields(self, member: Client):
        film = make_film("Metropolis", description="A city", category="sci-fi", poster="p/1.jpg")

        (item,) = member.get("/api/video/").json()

        assert item["id"] == film.pk
        assert item["title"] == "Metropolis"
        assert item["description"] == "A city"
        assert item["category"] == "Sci-Fi"
        assert item["created_at"].startswith("20")
        assert item["duration"] == 24.0
        assert item["state"] == "completed"
        assert item["thumbnail_url"].startswith(
            f"http://testserver/api/video/{film.pk}/thumbnail.jpg?v="
        )

    @pytest.mark.parametrize("path", ["/api/video", "/api/video/", "/api/videos", "/api/videos/"])
    def test_answers_every_spelling_without_redirect(self, member: Client, path: str):
        assert member.get(path).json() == []

    def test_lists_newest_first(self, member: Client):
        for days, title in enumerate(["new", "older", "oldest"]):
            film = make_film(title)
            Video.objects.filter(pk=film.pk).update(
                created_at=timezone.now() - timedelta(days=days)
            )

        assert titles(member.get("/api/video/")) == ["new", "older", "oldest"]

    def test_returns_titles_without_markup(self, member: Client):
        make_film("<img src=x onerror=alert(1)>", description='"><script>alert(1)</script>')

        (item,) = member.get("/api/video/").json()

        assert not set(item["title"] + item["description"]) & set("<>\"'")

    @pytest.mark.parametrize("category", Category)
    def test_returns_category_labels(self, member: Client, category: Category):
        make_film(category=category)

        assert member.get("/api/video/").json()[0]["category"] == category.label

    def test_sets_readable_csrf_cookie(self, member: Client):
        cookie = member.get("/api/video/").cookies["csrftoken"]

        assert not cookie["httponly"]

    def test_returns_one_film_with_all_that_lists_say(self, member: Client):
        film = make_film()

        (item,) = member.get("/api/video/").json()

        assert member.get(f"/api/video/{film.pk}").json().items() >= item.items()


@pytest.mark.contract
class TestRights:
    @pytest.mark.parametrize(
        "path",
        [
            "/api/video/",
            "/api/video/1/",
            "/api/video/1/status/",
            "/api/video/continue/",
            "/api/video/1/position/",
            "/api/video/1/favorite/",
            "/content/",
            "/content/video-url/1/",
        ],
    )
    def test_rejects_anonymous_requests(self, path: str):
        make_film()

        response = Client().get(path)

        assert response.status_code == 401
        assert set(response.json()) == {"detail"}
        assert response["WWW-Authenticate"].startswith("Bearer")

    def test_rejects_anonymous_requests_with_known_tag(self, member: Client):
        tag = member.get("/api/video/")["ETag"]

        assert Client().get("/api/video/", headers={"If-None-Match": tag}).status_code == 401

    def test_lists_only_playable_films(self, member: Client):
        make_film("Shown")
        make_film("Hidden", is_published=False)
        make_video("Waiting")
        make_video("Broken", state="failed", error="No film")
        growing = make_video("Growing", state="processing")
        publish(make_build(growing, make_plan(), done=1))

        assert sorted(titles(member.get("/api/video/"))) == ["Growing", "Shown"]

    @pytest.mark.parametrize("rest", ["", "status/", "position/"])
    def test_hides_unpublished_films(self, member: Client, rest: str):
        film = make_film(is_published=False)

        response = member.get(f"/api/video/{film.pk}/{rest}")

        assert response.status_code == 404
        assert response.json() == member.get(f"/api/video/999/{rest}").json()

    @pytest.mark.parametrize("rest", ["", "status/"])
    def test_shows_unpublished_films_to_staff_and_owner(self, rest: str):
        owner = make_user("owner")
        film = make_film(is_published=False, owner=owner)
        url = f"/api/video/{film.pk}/{rest}"

        assert signed_in(owner).get(url).status_code == 200
        assert signed_in(make_user("staff", is_staff=True)).get(url).status_code == 200

    def test_reveals_no_secrets(self, member: Client):
        owner = make_user("secret-owner")
        make_film(owner=owner, video_file="sources/secret.mp4", original_name="secret.mp4")

        for path in ("/api/video/", "/content/"):
            body = member.get(path).content.decode()
            assert "secret" not in body
            assert "/media/" not in body


class TestFilters:
    @pytest.mark.parametrize("asked", ["sci-fi", "Sci-Fi", "SCI-FI", " sci-fi "])
    def test_filters_by_category_in_any_spelling(self, member: Client, asked: str):
        make_film("Yes", category="sci-fi")
        make_film("No", category="drama")

        assert titles(member.get("/api/video/", {"category": asked})) == ["Yes"]

    def test_returns_nothing_for_unknown_category(self, member: Client):
        make_film()

        assert member.get("/api/video/?category=nonsense").json() == []

    def test_ignores_empty_filters(self, member: Client):
        make_film("Any")

        assert titles(member.get("/api/video/?category=&search=")) == ["Any"]

    @pytest.mark.parametrize("asked", ["bunny", "BUNNY big", "rabbit", "giant rab"])
    def test_searches_title_and_description(self, member: Client, asked: str):
        make_film("Big Buck Bunny", description="A giant rabbit")
        make_film("Sintel", description="A dragon")
        index.rebuild()

        assert titles(member.get("/api/video/", {"search": asked})) == ["Big Buck Bunny"]

    @pytest.mark.parametrize("asked", ["bunny dragon", "!!!", "%", "_", "' OR 1=1 --", "<>"])
    def test_requires_every_word_of_a_search(self, member: Client, asked: str):
        make_film("Big Buck Bunny")
        index.rebuild()

        assert member.get("/api/video/", {"search": asked}).json() == []

    def test_combines_filters(self, member: Client):
        make_film("Red drama", category="drama")
        make_film("Red comedy", category="comedy")
        make_film("Blue drama", category="drama")
        index.rebuild()

        response = member.get("/api/video/?category=drama&search=red")

        assert titles(response) == ["Red drama"]

    def test_orders_by_title(self, member: Client):
        for title in ("B", "A", "C"):
            make_film(title)

        assert titles(member.get("/api/video/?ordering=title")) == ["A", "B", "C"]
        assert titles(member.get("/api/video/?ordering=-title")) == ["C", "B", "A"]

    def test_orders_titles_without_case_and_accents(self, member: Client):
        for title in ("zorro", "Öl", "Anna", "Äpfel", "Zebra"):
            make_film(title)

        found = titles(member.get("/api/video/?ordering=title"))

        assert found == ["Anna", "Äpfel", "Öl", "Zebra", "zorro"]

    def test_gives_best_of_a_search_first(self, member: Client):
        for title in ("Up", "Up in the Air", "Upstream"):
            make_film(title)
        index.rebuild()

        assert titles(member.get("/api/video/?search=up")) == ["Up", "Upstream", "Up in the Air"]
        page = member.get("/api/video/?search=up&page=2&page_size=2").json()
        assert (page["count"], [film["title"] for film in page["results"]]) == (
            3,
            ["Up in the Air"],
        )
        ordered = member.get("/api/video/?search=up&ordering=-title")
        assert titles(ordered) == ["Upstream", "Up in the Air", "Up"]

    @pytest.mark.parametrize(
        "query",
        [
            "category=%00",
            "search=a%00b",
            "ordering=password",
            "page=0",
            "page=x",
            "page=9999999999999999999",
            "page_size=101",
            "page_size=-1",
            "search=" + "x" * 201,
        ],
    )
    def test_rejects_invalid_queries(self, member: Client, query: str):
        response = member.get(f"/api/video/?{query}")

        assert response.status_code == 400
        assert list(response.json()) == [query.partition("=")[0]]


class TestPages:
    @pytest.fixture(autouse=True)
    def _films(self) -> None:
        for number in range(5):
            make_film(f"Film {number}")

    def test_returns_page_on_request(self, member: Client):
        body = member.get("/api/video/?page=2&page_size=2&ordering=title").json()

        assert body["count"] == 5
        assert [video["title"] for video in body["results"]] == ["Film 2", "Film 3"]
        assert body["next"].endswith("page=3&page_size=2&ordering=title")
        assert body["previous"].startswith("http://testserver/api/video/?page=1&")

    def test_returns_last_page_without_next(self, member: Client):
        body = member.get("/api/video/?page=3&page_size=2").json()

        assert len(body["results"]) == 1
        assert body["next"] is None

    def test_returns_nothing_beyond_last_page(self, member: Client):
        assert member.get("/api/video/?page=99").json()["results"] == []

    def test_updates_count_with_catalogue(self, member: Client):
        assert member.get("/api/video/?page=1").json()["count"] == 5

        make_film("One more")
        versions.touch(versions.CATALOGUE)

        assert member.get("/api/video/?page=1").json()["count"] == 6

    def test_counts_each_list_and_search_separately(self, member: Client):
        make_video("Metropolis")  # not ready

        index.rebuild()

        def count(path: str) -> int:
            return member.get(path).json()["count"]

        assert count("/api/video/?page=1&category=None&search=None") == 0
        assert count("/api/video/?page=1") == 5
        assert count("/content/?page=1") == 6
        assert count("/api/video/?page=1&search=Metropolis") == 0
        assert count("/content/?page=1&search=Metropolis") == 1

    def test_limits_bare_list_and_links_to_the_rest(self, member: Client):
        with patch.object(paging, "LIMIT", 4):
            response = member.get("/api/video/")

        assert len(response.json()) == 4
        assert response["Link"].endswith('>; rel="next"')

    def test_returns_complete_bare_list_without_link(self, member: Client):
        assert "Link" not in member.get("/api/video/")


class TestPrice:
    @pytest.mark.parametrize("query", ["", "?page=1", "?category=drama&search=film&page=1"])
    @pytest.mark.parametrize("films", [1, 30])
    @pytest.mark.parametrize("path", ["/api/video/", "/content/"])
    def test_takes_three_queries_for_any_length(
        self,
        member: Client,
        query: str,
        films: int,
        path: str,
        django_assert_max_num_queries: Any,
    ):
        for number in range(films):
            make_film(f"Film {number}", category="drama")

        with django_assert_max_num_queries(3):
            assert member.get(path + query).status_code == 200

    @pytest.mark.parametrize("films", [1, 10])
    def test_lists_begun_films_with_two_queries(
        self, films: int, django_assert_max_num_queries: Any
    ):
        alice = make_user()
        member = signed_in(alice)
        for number in range(films):
            marks.keep_position(alice, make_film(f"Film {number}"), 10)

        with django_assert_max_num_queries(2):
            assert len(member.get("/api/video/continue/").json()) == films

    @pytest.mark.parametrize(("path", "queries"), [("", 7), ("status/", 4), ("position/", 2)])
    def test_shows_one_film_with_few_queries(
        self, member: Client, path: str, queries: int, django_assert_max_num_queries: Any
    ):
        film = make_film()

        with django_assert_max_num_queries(queries):
            assert member.get(f"/api/video/{film.pk}/{path}").status_code == 200

    def test_returns_304_for_unchanged_list_with_one_query(
        self, member: Client, django_assert_num_queries: Any
    ):
        make_film()
        tag = member.get("/api/video/")["ETag"]

        with django_assert_num_queries(1):
            response = member.get("/api/video/", headers={"If-None-Match": tag})

        assert response.status_code == 304
        assert response["Cache-Control"] == "private, no-cache"

    def test_sends_changed_catalogue_again(
        self, member: Client, django_capture_on_commit_callbacks: Any
    ):
        make_film("Old title")
        tag = member.get("/api/video/")["ETag"]

        with django_capture_on_commit_callbacks(execute=True):
            film = Video.objects.get()
            film.title = "New title"
            film.save()

        response = member.get("/api/video/", headers={"If-None-Match": tag})
        assert titles(response) == ["New title"]

    def test_tags_differ_by_filter_and_user(self, member: Client):
        other = signed_in(make_user("bob"))
        tags = {
            member.get("/api/video/")["ETag"],
            member.get("/api/video/?category=drama")["ETag"],
            other.get("/api/video/")["ETag"],
        }

        assert len(tags) == 3

    def test_returns_list_without_tag_when_cache_is_away(self, member: Client):
        make_film("Still here")

        with (
            patch.object(cache, "get_many", return_value={}),
            patch.object(cache, "add", return_value=False),
        ):
            response = member.get("/api/video/")

        assert titles(response) == ["Still here"]
        assert "ETag" not in response


@pytest.mark.contract
class TestContent:
    def test_returns_fields_of_the_angular_client(self, member: Client):
        film = make_film("Metropolis", category="sci-fi", poster="p/1.jpg")

        (item,) = member.get("/content").json()

        assert set(item) == {
            "id",
            "title",
            "description",
            "category",
            "created_at",
            "image_file",
            "image_url",
            "video_file",
            "converted_files",
            "processing_state",
            "processing_error",
        }
        assert item["category"] == "Sci-Fi"
        assert item["image_file"] == item["image_url"]
        assert item["image_file"].startswith("http://testserver/api/video/")
        assert item["video_file"] == f"http://testserver/api/video/{film.pk}/master.m3u8"

    @pytest.mark.parametrize(
        ("state", "shown", "error"),
        [
            ("pending", "pending", ""),
            ("processing", "processing", ""),
            ("completed", "ready", ""),
            ("failed", "error", "No film"),
        ],
    )
    def test_shows_films_in_every_state(self, member: Client, state: str, shown: str, error: str):
        make_video(state=state, error="No film")

        (item,) = member.get("/content/").json()

        assert (item["processing_state"], item["processing_error"]) == (shown, error)

    def test_links_converted_files_to_signed_urls(self, member: Client):
        film = make_film()
        film.current_build.progressive = {"360p": 10}
        film.current_build.save()

        (item,) = member.get("/content/").json()

        assert item["converted_files"] == {
            "360p": f"http://testserver/content/video-url/{film.pk}?quality=360p"
        }


class TestThumbnail:
    def test_allows_caching_of_listed_thumbnail(self, member: Client):
        film = make_film(poster="posters/1-1.jpg")
        write("posters/1-1.jpg", b"\xff\xd8 picture")
        url = member.get("/api/video/").json()[0]["thumbnail_url"]

        response = member.get(url)

        assert response.getvalue() == b"\xff\xd8 picture"
        assert response["Content-Type"] == "image/jpeg"
        assert response["Cache-Control"] == "private, max-age=31536000, immutable"
        assert (
            member.get(f"/api/video/{film.pk}/thumbnail.jpg")["Cache-Control"]
            == "private, no-cache"
        )

    def test_prefers_uploaded_thumbnail_to_poster(self, member: Client):
        make_film(poster="posters/2-1.jpg", thumbnail="thumbnails/b.jpg")
        write("posters/2-1.jpg", b"poster")
        write("thumbnails/b.jpg", b"own")

        url = member.get("/api/video/").json()[0]["thumbnail_url"]

        assert member.get(url).getvalue() == b"own"

    def test_changes_url_with_new_thumbnail(self, member: Client):
        film = make_film(poster="posters/3-1.jpg")
        before = member.get(f"/api/video/{film.pk}/").json()["thumbnail_url"]

        Video.objects.update(poster="posters/3-2.jpg")

        assert member.get(f"/api/video/{film.pk}/").json()["thumbnail_url"] != before

    def test_returns_404_without_thumbnail(self, member: Client):
        assert member.get(f"/api/video/{make_film().pk}/thumbnail.jpg").status_code == 404
