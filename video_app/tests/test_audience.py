"""Who may see what, through everything that shows films; 404 everywhere else."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from PIL import Image

from tests.people import ReadingClient, make_user, signed_in
from video_app.catalogue import index, marks
from video_app.models import Series, Tag, Video
from video_app.streaming import access, film_cache
from video_app.tests.films import make_film, write_progressive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]

LISTS = [
    "/api/video/",
    "/api/video/?page=1",
    "/api/video/?search=secret",
    "/api/video/?category=crime",
    "/api/video/?year=1999",
    "/api/video/?tag=hushed",
    "/api/video/?ordering=popular",
    "/api/video/?favorite=true",
    "/api/video/?started=true",
    "/api/video/?like={other}",
    "/api/video/?series={series}",
    "/api/video/continue/",
    "/api/history/",
    "/api/home/",
    "/api/categories/",
    "/api/tags/",
    "/api/series/",
    "/api/suggestions/?search=secret",
    "/content/",
    "/content/?search=secret",
]
# Of one film: its page, and all that its stream consists of.
FILM = [
    "",
    "status/",
    "position/",
    "master.m3u8",
    "360p/index.m3u8",
    "360p/iframes.m3u8",
    "360p/000.ts",
    "thumbnail.jpg",
    "poster-320.webp",
]
SECRETS = ("Secret", "hushed", "Whispers", "Crime")


@pytest.fixture
def group() -> Group:
    return Group.objects.create(name="Family")


@pytest.fixture
def film(group: Group) -> Video:
    """Only for the group, with everything that could give it away."""
    series = Series.objects.create(title="Whispers")
    film = make_film(
        "Secret", category="crime", year=1999, series=series, episode=2, age_rating=16,
        audience="groups", poster="posters/secret.jpg",
    )  # fmt: skip
    Path(settings.MEDIA_ROOT, "posters").mkdir()
    Image.new("RGB", (640, 360)).save(Path(settings.MEDIA_ROOT, "posters/secret.jpg"))
    write_progressive(film.current_build, "360p", b"mp4")
    film.groups.add(group)
    film.tags.add(Tag.objects.create(name="hushed"))
    index.rebuild()
    return film


@pytest.fixture
def other(film: Video) -> Video:
    """Like it, and for everybody."""
    return make_film("Open", category="drama", age_rating=6)


@pytest.fixture
def bob(film: Video, group: Group) -> Any:
    """He belonged to the group, marked the film, and had to leave."""
    bob = make_user("bob")
    bob.groups.add(group)
    marks.set_favorite(bob, film, is_favorite=True)
    marks.keep_position(bob, film, 5)
    bob.groups.clear()
    return bob


@pytest.mark.parametrize("path", LISTS)
def test_lists_name_nothing_of_other_groups(bob: Any, film: Video, other: Video, path: str):
    url = path.format(other=other.pk, series=film.series_id)

    body = signed_in(bob).get(url).content.decode()

    assert not [secret for secret in SECRETS if secret in body], url


@pytest.mark.parametrize("path", FILM)
def test_returns_404_for_film_of_other_groups(bob: Any, film: Video, path: str):
    client = signed_in(bob)

    response = client.get(f"/api/video/{film.pk}/{path}")

    assert response.status_code == 404
    assert response.json() == client.get(f"/api/video/999/{path}").json()


@pytest.mark.parametrize(
    ("method", "path"),
    [("put", "favorite/"), ("put", "watched/"), ("post", "play-link/"), ("patch", "")],
)
def test_returns_404_for_changes_of_film_of_other_groups(
    bob: Any, film: Video, method: str, path: str
):
    ask = getattr(signed_in(bob), method)

    assert ask(f"/api/video/{film.pk}/{path}", {}, "application/json").status_code == 404


def test_hides_film_of_other_groups_everywhere_else(bob: Any, film: Video, other: Video):
    client = signed_in(bob)
    Video.objects.filter(pk=other.pk).update(series=film.series, episode=1)

    assert client.get(f"/content/video-url/{film.pk}/").status_code == 404
    assert marks.favorites(bob) == []
    assert client.get(f"/api/video/{other.pk}/").json()["next"] is None
    assert client.get(f"/api/series/{film.series_id}/").json()["count"] == 1


@pytest.mark.parametrize("path", FILM)
def test_shows_film_to_its_groups_and_staff(film: Video, group: Group, path: str):
    alice, staff = make_user(), make_user("staff", is_staff=True)
    alice.groups.add(group)

    for user in (alice, staff):
        assert signed_in(user).get(f"/api/video/{film.pk}/{path}").status_code == 200


def test_lists_film_for_its_groups(film: Video, group: Group):
    alice = make_user()
    alice.groups.add(group)
    client = signed_in(alice)

    for path in ("/api/video/", "/api/video/?search=secret", "/api/home/", "/content/"):
        assert "Secret" in client.get(path).content.decode()


class TestRevoking:
    def test_takes_effect_at_once(self, film: Video, group: Group):
        alice = make_user()
        alice.groups.add(group)
        client = signed_in(alice)
        url = f"/api/video/{film.pk}/360p/000.ts"
        tag = client.get("/api/video/")["ETag"]
        assert client.get(url).status_code == 200

        alice.groups.remove(group)

        assert client.get(url).status_code == 404
        assert client.get("/api/video/", headers={"If-None-Match": tag}).json() == []

    def test_reaches_lists_when_a_group_is_emptied(self, film: Video, group: Group):
        alice = make_user()
        alice.groups.add(group)
        client = signed_in(alice)
        tag, counted = client.get("/api/video/")["ETag"], "/api/video/?page=1"
        assert client.get(counted).json()["count"] == 1

        group.user_set.clear()

        assert client.get("/api/video/", headers={"If-None-Match": tag}).json() == []
        assert client.get(counted).json()["count"] == 0

    def test_reaches_lists_of_staff_who_are_none_any_more(self, film: Video):
        alice = make_user(is_staff=True)
        client = signed_in(alice)
        tag, counted = client.get("/api/video/")["ETag"], "/api/video/?page=1"
        assert client.get(counted).json()["count"] == 1

        alice.is_staff = False
        alice.save()

        assert client.get("/api/video/", headers={"If-None-Match": tag}).json() == []
        assert client.get(counted).json()["count"] == 0

    def test_ends_with_the_group(self, film: Video, group: Group):
        alice = make_user()
        alice.groups.add(group)
        client = signed_in(alice)
        url = f"/api/video/{film.pk}/master.m3u8"
        assert client.get(url).status_code == 200

        group.delete()

        assert client.get(url).status_code == 404

    def test_follows_the_film(self, film: Video, bob: Any):
        client = signed_in(bob)
        url = f"/api/video/{film.pk}/master.m3u8"
        fresh = Video.objects.get(pk=film.pk)
        fresh.audience = "everybody"
        fresh.save()
        assert client.get(url).status_code == 200

        fresh.audience = "groups"
        fresh.save()

        assert client.get(url).status_code == 404

    def test_ends_mp4_link_of_former_member(self, film: Video, group: Group):
        alice = make_user()
        alice.groups.add(group)
        link = signed_in(alice).get(f"/content/video-url/{film.pk}/").json()["url"]
        assert ReadingClient().get(link).status_code == 200

        alice.groups.remove(group)

        assert ReadingClient().get(link).status_code == 404

    def test_ends_play_link_of_former_member(self, film: Video, group: Group):
        alice = make_user()
        alice.groups.add(group)
        link = signed_in(alice).post(f"/api/video/{film.pk}/play-link/").json()["url"]
        assert Client().get(link).status_code == 200

        alice.groups.remove(group)

        assert Client().get(link).status_code == 404


class TestUnlisted:
    @pytest.fixture(autouse=True)
    def _unlisted(self, film: Video) -> None:
        Video.objects.filter(pk=film.pk).update(audience="unlisted")
        cache.clear()

    @pytest.mark.parametrize("path", FILM)
    def test_opens_to_whoever_has_the_address(self, film: Video, path: str):
        assert signed_in(make_user()).get(f"/api/video/{film.pk}/{path}").status_code == 200
        assert Client().get(f"/api/video/{film.pk}/{path}").status_code == 401

    @pytest.mark.parametrize("path", LISTS)
    @pytest.mark.parametrize("is_staff", [False, True])
    def test_stands_in_no_list(self, film: Video, other: Video, path: str, is_staff: bool):
        client = signed_in(make_user(is_staff=is_staff))

        body = client.get(path.format(other=other.pk, series=film.series_id)).content.decode()

        assert not [secret for secret in SECRETS if secret in body]

    def test_stays_among_what_one_marked(self, film: Video):
        alice = make_user()
        marks.set_favorite(alice, film, is_favorite=True)
        client = signed_in(alice)

        assert "Secret" in client.get("/api/video/?favorite=true").content.decode()
        assert "Secret" in client.get("/api/home/").content.decode()


class TestAge:
    """What a profile of limited age will set on its user."""

    @pytest.mark.parametrize(
        ("limit", "shown"), [(12, ["Open"]), (16, ["Open", "Secret"]), (0, [])]
    )
    @pytest.mark.parametrize("is_staff", [False, True])
    def test_hides_rows_of_older_and_unrated_films(
        self, film: Video, other: Video, limit: int, shown: list[str], is_staff: bool
    ):
        make_film("Unrated")
        Video.objects.filter(pk=film.pk).update(audience="everybody")
        alice = make_user(is_staff=is_staff)
        alice.age_limit = limit

        for rows in (Video.objects.visible_to(alice), Video.objects.listed_for(alice)):
            assert sorted(rows.values_list("title", flat=True)) == shown

    @pytest.mark.parametrize(("age", "is_seen"), [(12, True), (13, False), (None, False)])
    def test_hides_streams_of_older_and_unrated_films(self, age: int | None, is_seen: bool):
        found = film_cache.load(make_film(age_rating=age).pk)
        assert found

        for is_staff in (False, True):
            limited = SimpleNamespace(is_staff=is_staff, groups=frozenset(), age_limit=12)
            assert access.may_see(found, limited) is is_seen
