"""What is asked of lists, the home page's rows, series, tags and suggestions."""

import logging
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.catalogue import index, marks
from video_app.models import FilmDay, Person, Series, Subtitle, Tag, Video, WatchPosition
from video_app.pipeline.types import AudioStream
from video_app.tests.films import make_build, make_film, make_plan, make_video, publish

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def alice() -> Any:
    return make_user()


@pytest.fixture
def member(alice: Any) -> Client:
    return signed_in(alice)


def titles(response: Any) -> list[str]:
    found = response.json()
    return [video["title"] for video in (found if isinstance(found, list) else found["results"])]


def make_films(count: int, **fields: Any) -> list[Video]:
    """Many films that can be watched, without files: they share a build."""
    given = {"state": "completed", "duration": 600.0, "video_file": "sources/a.mp4"}
    build = make_build(make_video("Shared", is_published=False), make_plan())
    videos = [
        Video(title=f"Film {n}", current_build=build, **{**given, **fields}) for n in range(count)
    ]
    return Video.objects.bulk_create(videos)


class TestMarked:
    def test_lists_favorites_latest_first(self, alice: Any, member: Client):
        one, two, _ = (make_film(title) for title in ("One", "Two", "Three"))
        for film in (two, one):
            marks.set_favorite(alice, film, is_favorite=True)

        assert titles(member.get("/api/video/?favorite=true")) == ["One", "Two"]
        assert titles(member.get("/api/video/?favorite=false")) == ["Three"]
        assert titles(member.get("/api/video/?favorite=true&ordering=-title")) == ["Two", "One"]

    def test_lists_started_and_watched_films(self, alice: Any, member: Client):
        begun, seen, _ = (make_film(title) for title in ("Begun", "Seen", "New"))
        marks.keep_position(alice, begun, 5)
        marks.keep_position(alice, seen, 23)

        assert titles(member.get("/api/video/?started=true")) == ["Begun"]
        assert titles(member.get("/api/video/?watched=true")) == ["Seen"]
        assert sorted(titles(member.get("/api/video/?watched=false"))) == ["Begun", "New"]

    def test_separates_users(self, alice: Any):
        marks.set_favorite(alice, make_film(), is_favorite=True)

        assert titles(signed_in(make_user("bob")).get("/api/video/?favorite=true")) == []

    def test_lists_history_and_forgets_it(self, alice: Any, member: Client):
        first, second = make_film("First"), make_film("Second")
        marks.keep_position(alice, first, 23)
        marks.keep_position(alice, second, 5)

        assert titles(member.get("/api/history/")) == ["Second", "First"]
        assert member.delete("/api/history/").status_code == 204
        assert titles(member.get("/api/history/?page=1")) == []
        assert not WatchPosition.objects.exists()

    def test_marks_watched_and_unwatched(self, member: Client):
        url = f"/api/video/{make_film().pk}/watched/"

        assert member.put(url).json() == {"seconds": 0.0, "is_watched": True}
        assert member.delete(url).json() == {"seconds": 0.0, "is_watched": False}

    def test_takes_film_from_continue_without_losing_its_mark(self, alice: Any, member: Client):
        film = make_film()
        marks.keep_position(alice, film, 23)
        marks.keep_position(alice, film, 5)

        answer = member.delete(f"/api/video/{film.pk}/position/").json()

        assert answer == {"seconds": 0.0, "is_watched": True}
        assert titles(member.get("/api/video/?started=true")) == []


class TestEnd:
    @pytest.mark.parametrize(
        ("duration", "end"), [(24, 21.6), (1200, 1140), (7200, 7020), (None, None)]
    )
    def test_leaves_credits_by_length(self, duration: float | None, end: float | None):
        found = marks.end_of_story(Video(duration=duration))

        assert found == (end and pytest.approx(end))

    def test_follows_what_was_set_for_the_film(self, alice: Any):
        film = make_film(credits_at=12)

        assert marks.keep_position(alice, film, 11).watched_at is None
        assert marks.keep_position(alice, film, 12).watched_at is not None


class TestFilters:
    def test_filters_by_series_tag_and_year(self, member: Client):
        series, tag = Series.objects.create(title="Loop"), Tag.objects.create(name="Noir")
        make_film("Pilot", series=series, year=1999)
        make_film("Dark", year=2001).tags.add(tag)

        assert titles(member.get(f"/api/video/?series={series.pk}")) == ["Pilot"]
        assert titles(member.get(f"/api/video/?tag={tag.pk}")) == ["Dark"]
        assert titles(member.get("/api/video/?tag=noir")) == ["Dark"]
        assert titles(member.get("/api/video/?year=1999")) == ["Pilot"]

    def test_lists_most_watched_first(self, member: Client):
        quiet, loud, old = make_film("Quiet"), make_film("Loud"), make_film("Old")
        make_film("Unseen")
        today = timezone.localdate()
        for film, views, day in ((quiet, 1, today), (loud, 3, today), (old, 9, today - WEEK)):
            FilmDay.objects.create(video=film, day=day, views=views)

        assert titles(member.get("/api/video/?ordering=popular")) == ["Loud", "Quiet"]

    def test_lists_films_like_another(self, member: Client):
        tag, person = Tag.objects.create(name="Noir"), Person.objects.create(name="Ann Example")
        film = make_film("Film", category="crime")
        same_person, same_tag = make_film("Same person"), make_film("Same tag")
        make_film("Same category", category="crime")
        make_film("Other", category="war")
        for other in (film, same_person):
            other.people.add(person)
        for other in (film, same_tag):
            other.tags.add(tag)

        found = titles(member.get(f"/api/video/?like={film.pk}"))

        assert found == ["Same person", "Same tag", "Same category"]
        assert titles(member.get("/api/video/?like=999")) == []

    def test_lists_next_episodes_of_series_that_one_watches(self, alice: Any, member: Client):
        loop, other = Series.objects.create(title="Loop"), Series.objects.create(title="Other")
        films = [
            make_film(f"{series} {n}", series=series, season=1, episode=n, year=2000 + n)
            for series in (loop, other)
            for n in (1, 2)
        ]
        for film in (films[0], films[2]):
            marks.set_watched(alice, film, is_watched=True)

        assert titles(member.get("/api/video/?upcoming=true")) == ["Other 2", "Loop 2"]
        assert titles(member.get("/api/video/?upcoming=true&page=1&page_size=1")) == ["Other 2"]
        assert titles(member.get("/api/video/?upcoming=true&year=2001")) == []
        assert titles(signed_in(make_user("bob")).get("/api/video/?upcoming=true")) == []

    @pytest.mark.parametrize(
        "query", ["favorite=maybe", "series=x", "series=0", "year=0", "like=-1", "ordering=views"]
    )
    def test_rejects_invalid_queries(self, member: Client, query: str):
        assert member.get(f"/api/video/?{query}").status_code == 400


class TestHome:
    def test_returns_rows_that_have_films(self, alice: Any, member: Client):
        series = Series.objects.create(title="Loop")
        pilot, second = (
            make_film(f"Loop {n}", series=series, season=1, episode=n, category="sci-fi")
            for n in (1, 2)
        )
        begun, chosen = make_film("Begun", category="drama"), make_film("Chosen", category="drama")
        marks.keep_position(alice, begun, 5)
        marks.set_favorite(alice, chosen, is_favorite=True)
        marks.keep_position(alice, pilot, 24)
        FilmDay.objects.create(video=begun, day=timezone.localdate(), views=1)

        rows = member.get("/api/home/").json()["rows"]

        shown = {row["id"]: [video["title"] for video in row["videos"]] for row in rows}
        assert list(shown) == [
            *("continue", "next", "my-list", "new", "popular"),
            *("category-drama", "category-sci-fi"),
        ]
        assert shown["continue"] == ["Begun"]
        assert shown["next"] == [second.title]
        assert shown["my-list"] == ["Chosen"]
        assert shown["category-sci-fi"] == ["Loop 2", "Loop 1"]

    def test_proposes_films_like_the_one_watched_last(self, alice: Any, member: Client):
        make_film("Another", category="war")
        marks.keep_position(alice, make_film("Watched", category="war"), 24)

        rows = {row["id"]: row for row in member.get("/api/home/").json()["rows"]}

        assert rows["because"]["title"] == "Because you watched Watched"
        assert [video["title"] for video in rows["because"]["videos"]] == ["Another"]

    def test_links_each_row_to_all_of_it(self, alice: Any, member: Client):
        series = Series.objects.create(title="Loop")
        seen, _ = (make_film(f"E{n}", series=series, season=1, episode=n) for n in (1, 2))
        film = make_film(category="drama")
        marks.set_favorite(alice, film, is_favorite=True)
        marks.keep_position(alice, film, 5)
        marks.set_watched(alice, seen, is_watched=True)
        FilmDay.objects.create(video=film, day=timezone.localdate(), views=1)

        rows = member.get("/api/home/").json()["rows"]

        assert [row["id"] for row in rows] == [
            *("continue", "next", "my-list", "new", "popular"),
            *("category-other", "category-drama"),
        ]
        for row in rows:
            shown = [video["title"] for video in row["videos"]]
            assert titles(member.get(row["url"])) == shown, row["url"]

    @pytest.mark.parametrize("films", [3, 200])
    def test_takes_as_many_queries_for_any_catalogue(
        self, alice: Any, member: Client, films: int, django_assert_max_num_queries: Any
    ):
        made = make_films(films, category="drama")
        for film in made[:3]:
            marks.keep_position(alice, film, 5)

        with django_assert_max_num_queries(10):
            assert len(member.get("/api/home/").json()["rows"]) == 3

    def test_returns_304_until_something_changes(
        self, alice: Any, member: Client, django_assert_num_queries: Any
    ):
        film = make_film()
        tag = member.get("/api/home/")["ETag"]

        with django_assert_num_queries(1):
            assert member.get("/api/home/", headers={"If-None-Match": tag}).status_code == 304
        marks.set_favorite(alice, film, is_favorite=True)
        assert member.get("/api/home/", headers={"If-None-Match": tag}).status_code == 200

    def test_tags_differ_by_user(self, member: Client):
        make_film()

        assert (
            member.get("/api/home/")["ETag"] != signed_in(make_user("b")).get("/api/home/")["ETag"]
        )

    @pytest.mark.parametrize(
        "path",
        ["home", "history", "categories", "tags", "series", "series/1", "suggestions?search=a"],
    )
    def test_rejects_anonymous_requests(self, path: str):
        assert Client().get(f"/api/{path}").status_code == 401


class TestBrowsing:
    def test_counts_categories_largest_first(self, member: Client):
        for category in ("drama", "war", "drama"):
            make_film(category=category)
        make_film(category="crime", is_published=False)

        assert member.get("/api/categories/").json() == [
            {"slug": "drama", "name": "Drama", "count": 2},
            {"slug": "war", "name": "War", "count": 1},
        ]

    def test_counts_tags_alphabetically(self, member: Client):
        film = make_film()
        for name in ("zebra", "Äpfel", "Bären"):
            film.tags.add(Tag.objects.create(name=name))
        Tag.objects.create(name="Unused")

        found = member.get("/api/tags/").json()

        assert [(tag["name"], tag["count"]) for tag in found] == [
            *(("Äpfel", 1), ("Bären", 1), ("zebra", 1))
        ]

    def test_lists_series_with_films(self, member: Client):
        for title in ("Zorn", "Öl"):
            make_film(series=Series.objects.create(title=title))
        Series.objects.create(title="Empty")

        found = member.get("/api/series/?page=1").json()

        assert [(row["title"], row["count"]) for row in found["results"]] == [
            ("Öl", 1),
            ("Zorn", 1),
        ]

    def test_shows_series_with_what_to_watch_now(self, alice: Any, member: Client):
        series = Series.objects.create(title="Loop")
        films = [
            make_film(f"E{n}", series=series, season=season, episode=n)
            for season, n in ((0, 1), (1, 2), (1, 1))
        ]
        url = f"/api/series/{series.pk}/"

        assert [film["title"] for film in member.get(url).json()["videos"]] == ["E1", "E2", "E1"]
        assert member.get(url).json()["next"] == films[2].pk
        marks.keep_position(alice, films[2], 24)
        assert member.get(url).json()["next"] == films[1].pk
        marks.keep_position(alice, films[1], 24)
        assert member.get(url).json()["next"] is None

    @pytest.mark.parametrize("films", [2, 60])
    def test_shows_series_with_few_queries(
        self, member: Client, films: int, django_assert_max_num_queries: Any
    ):
        series = Series.objects.create(title="Loop")
        make_films(films, series=series, season=1)

        with django_assert_max_num_queries(4):
            found = member.get(f"/api/series/{series.pk}/").json()

        assert len(found["videos"]) == films

    def test_hides_series_without_visible_films(self, member: Client):
        series = Series.objects.create(title="Loop")
        make_film(series=series, is_published=False)

        assert member.get(f"/api/series/{series.pk}/").status_code == 404
        assert member.get("/api/series/").json() == []

    def test_suggests_names_before_films(self, member: Client):
        film = make_film("Nordwand", category="drama")
        film.people.add(Person.objects.create(name="Nora Nordmann"))
        index.rebuild()

        found = member.get("/api/suggestions/?search=nord").json()

        assert [(each["kind"], each["text"]) for each in found] == [
            ("person", "Nora Nordmann"),
            ("film", "Nordwand"),
        ]
        assert member.get("/api/suggestions/?search=").json() == []
        assert member.get("/api/suggestions/").status_code == 400


class TestFilm:
    def test_returns_all_about_a_film(self, member: Client):
        series = Series.objects.create(title="Loop")
        film = make_film("Pilot", series=series, season=1, episode=1, year=2020, age_rating=12)
        following = make_film("Second", series=series, season=1, episode=2)
        film.tags.add(Tag.objects.create(name="Noir"))
        film.people.add(Person.objects.create(name="Ann Example"))
        film.chapters.create(seconds=0, title="Opening")

        found = member.get(f"/api/video/{film.pk}/").json()

        assert found["series"] == {"id": series.pk, "title": "Loop"}
        assert (found["season"], found["episode"]) == (1, 1)
        assert (found["year"], found["age_rating"]) == (2020, 12)
        assert found["next"]["id"] == following.pk
        assert [tag["name"] for tag in found["tags"]] == ["Noir"]
        assert [person["name"] for person in found["people"]] == ["Ann Example"]
        assert found["chapters"] == [{"seconds": 0.0, "title": "Opening"}]
        assert found["may_edit"] is False
        assert found["share_url"].startswith(f"http://testserver/film/{film.pk}/?key=")

    def test_names_languages_as_people_corrected_them(self, member: Client):
        sound = AudioStream(1, "aac", 2, 48000, Fraction(0), Fraction(24), language="eng")
        film = make_video(state="completed", track_edits={"sounds": {"0": "deu"}})
        plan = make_plan()
        publish(make_build(film, replace(plan, source=replace(plan.source, audios=(sound,)))))

        found = member.get(f"/api/video/{film.pk}/").json()["audio_languages"]

        assert [track["name"] for track in found] == ["German"]

    def test_names_no_subtitles_that_are_drafts(self, member: Client):
        film = make_film()
        for language, is_draft in (("deu", True), ("fra", False)):
            Subtitle.objects.create(video=film, language=language, is_draft=is_draft, text="WEBVTT")

        found = member.get(f"/api/video/{film.pk}/").json()["subtitles"]

        assert [track["name"] for track in found] == ["French"]

    def test_names_nothing_hidden_as_next(self, member: Client):
        series = Series.objects.create(title="Loop")
        film = make_film(series=series, episode=1)
        make_film(series=series, episode=2, is_published=False)

        assert member.get(f"/api/video/{film.pk}/").json()["next"] is None

    def test_owner_edits_film(self, django_capture_on_commit_callbacks: Any):
        owner = make_user("owner")
        film = make_film("Old", owner=owner)
        change = {"title": "<New>", "year": 1999, "tags": ["Noir", "noir"], "credits_at": 20}

        answer = signed_in(owner).patch(f"/api/video/{film.pk}/", change, "application/json")

        assert answer.status_code == 200
        assert answer.json()["title"] == "\u2039New\u203a"
        assert [tag["name"] for tag in answer.json()["tags"]] == ["Noir"]
        film.refresh_from_db()
        assert (film.year, film.credits_at, film.state) == (1999, 20, "completed")

    @pytest.mark.parametrize(
        "change",
        [
            {"title": ""},
            {"category": "x"},
            {"year": -1},
            {"year": 40_000},
            {"episode": 40_000},
            {"credits_at": 0},
            {"series": 99},
            {"tags": "x"},
            {"audience": "friends"},
            {"audience": "groups"},
            {"groups": []},
        ],
    )
    def test_rejects_invalid_changes(self, change: Any):
        owner = make_user("owner")
        film = make_film("Old", owner=owner)

        answer = signed_in(owner).patch(f"/api/video/{film.pk}/", change, "application/json")

        assert answer.status_code == 400
        assert list(answer.json()) == list(change)

    def test_owner_learns_of_no_hidden_series(self):
        owner = make_user("owner")
        film = make_film(owner=owner)
        empty, known, hidden = (Series.objects.create(title=each) for each in ("A", "B", "C"))
        for _ in range(2):
            make_film(series=known)
        make_film(series=hidden, audience="groups")

        statuses = [
            signed_in(owner)
            .patch(f"/api/video/{film.pk}/", {"series": series.pk}, "application/json")
            .status_code
            for series in (empty, known, hidden)
        ]

        assert statuses == [200, 200, 400]

    @pytest.mark.parametrize("method", ["patch", "delete"])
    def test_lets_only_owner_and_permitted_staff_edit(self, member: Client, method: str):
        film, hidden = make_film(), make_film(is_published=False)
        staff = signed_in(make_user("staff", is_staff=True))
        root = signed_in(make_user("root", is_staff=True, is_superuser=True))

        def ask(client: Client, pk: int) -> int:
            return getattr(client, method)(f"/api/video/{pk}/", {}, "application/json").status_code

        assert (ask(Client(), film.pk), ask(member, film.pk), ask(staff, film.pk)) == (
            401,
            403,
            403,
        )
        assert (ask(member, hidden.pk), ask(member, 999)) == (404, 404)
        assert ask(root, film.pk) in (200, 204)

    def test_owner_deletes_film(self, own_media: Any):
        owner = make_user("owner")
        film = make_film(owner=owner)

        assert signed_in(owner).delete(f"/api/video/{film.pk}/").status_code == 204
        assert not Video.objects.filter(pk=film.pk).exists()

    def test_notes_who_edited_and_deleted(
        self, own_media: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        owner = make_user("owner")
        film = make_film(owner=owner)

        path = f"/api/video/{film.pk}/"
        signed_in(owner).patch(path, {"title": "New", "tags": ["Noir"]}, "application/json")
        signed_in(owner).delete(path)

        lines = [line for line in caplog.records if line.message == "audit"]
        noted = [(line.action, line.actor_id, line.subject_id, line.details) for line in lines]
        pk = str(film.pk)
        assert noted == [
            ("video.changed", owner.pk, pk, {"fields": ["title", "tags"]}),
            ("video.deleted", owner.pk, pk, {}),
        ]


@pytest.mark.parametrize("films", [2, 200])
@pytest.mark.parametrize(
    "query",
    ["?favorite=true", "?started=true&page=1", "?year=1999", "?ordering=popular&page=1", "?tag=a"],
)
def test_lists_take_as_many_queries_for_any_length(
    alice: Any, member: Client, films: int, query: str, django_assert_max_num_queries: Any
):
    for film in make_films(films, year=1999)[:40]:
        marks.set_favorite(alice, film, is_favorite=True)
    member.get("/api/video/")

    with django_assert_max_num_queries(4):
        assert member.get(f"/api/video/{query}").status_code == 200


def test_growing_films_are_listed(member: Client):
    growing = make_video("Growing", state="processing")
    publish(make_build(growing, make_plan(), done=1))

    assert [row["id"] for row in member.get("/api/home/").json()["rows"]] == [
        "new",
        "category-other",
    ]
