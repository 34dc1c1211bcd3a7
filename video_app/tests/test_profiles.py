"""Profiles: favourites, positions and history are each one's own."""

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from tests.people import make_user, signed_in
from video_app.catalogue import personal
from video_app.models import Favorite, Video, WatchPosition
from video_app.tests.films import make_film

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


@pytest.fixture
def alice() -> Any:
    return make_user()


@pytest.fixture
def film(own_media: Any) -> Video:
    return make_film()


@pytest.fixture
def bo(alice: Any) -> Any:
    """Another profile of Alice's account."""
    return apps.get_model(settings.PROFILE_MODEL).objects.create(user=alice, name="Bo")


@pytest.fixture
def main(alice: Any) -> Client:
    return signed_in(alice)


@pytest.fixture
def other(alice: Any, bo: Any) -> Client:
    """A browser in that profile."""
    client = signed_in(alice)
    assert client.post(f"/api/me/profiles/{bo.pk}/use/", {}, "application/json").status_code == 200
    return client


def put_position(client: Client, film: Video, seconds: float) -> None:
    path = f"/api/video/{film.pk}/position/"
    assert client.put(path, {"seconds": seconds}, "application/json").status_code == 200


def ids(client: Client, path: str) -> list[int]:
    return [film["id"] for film in client.get(path).json()]


def test_shows_marks_in_their_profile_alone(film: Video, main: Client, other: Client):
    other.put(f"/api/video/{film.pk}/favorite/")
    put_position(other, film, 9)

    for path in ("/api/video/?favorite=true", "/api/video/?started=true", "/api/history/"):
        assert (ids(main, path), ids(other, path)) == ([], [film.pk])
    rows = [
        [row["id"] for row in client.get("/api/home/").json()["rows"]] for client in (main, other)
    ]
    assert {"continue", "my-list"} & set(rows[0]) == set()
    assert {"continue", "my-list"} <= set(rows[1])


def test_keeps_marks_of_one_film_apart(film: Video, main: Client, other: Client):
    put_position(other, film, 9)
    put_position(main, film, 7)
    put_position(other, film, 8)

    for client, seconds in ((main, 7), (other, 8)):
        [listed] = client.get("/api/video/").json()
        assert listed["position"] == seconds
        assert client.get(f"/api/video/{film.pk}/").json()["position"] == seconds
        assert client.get("/api/home/").json()["rows"][0]["videos"][0]["position"] == seconds


def test_toggles_favorite_of_old_clients_in_profile(film: Video, main: Client, other: Client):
    toggle = lambda client: client.post(  # noqa: E731
        "/content/add-favorite/", {"video_id": film.pk}, "application/json"
    ).json()

    assert toggle(other) == [film.pk]
    assert toggle(main) == [film.pk]
    assert toggle(main) == []
    assert ids(other, "/api/video/?favorite=true") == [film.pk]


@pytest.mark.parametrize("path", ["/api/me/favorites/", "/api/me/history/", "/api/history/"])
def test_clears_marks_of_one_profile(film: Video, main: Client, other: Client, path: str):
    for client in (main, other):
        client.put(f"/api/video/{film.pk}/favorite/")
        put_position(client, film, 9)

    assert other.delete(path).status_code == 204

    assert (ids(main, "/api/history/"), ids(main, "/api/video/?favorite=true")) == (
        [film.pk],
        [film.pk],
    )
    assert [] in (ids(other, "/api/history/"), ids(other, "/api/video/?favorite=true"))


def test_deletes_marks_with_their_profile(film: Video, alice: Any, bo: Any):
    for profile in (None, bo):
        Favorite.objects.create(user=alice, profile=profile, video=film)

    bo.delete()

    assert Favorite.objects.get().profile is None


@pytest.mark.parametrize("model", [Favorite, WatchPosition])
@pytest.mark.parametrize("is_main", [False, True])
def test_keeps_one_mark_per_film_and_profile(
    film: Video, alice: Any, bo: Any, model: Any, is_main: bool
):
    whose = {"user": alice, "profile": None if is_main else bo}
    model.objects.create(**whose, video=film)

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**whose, video=film)


def test_exports_marks_with_their_profile(film: Video, alice: Any, bo: Any):
    for profile in (None, bo):
        Favorite.objects.create(user=alice, profile=profile, video=film)

    assert [row["profile"] for row in personal.export(alice)["favorites"]] == [None, bo.pk]


def test_shows_marks_of_former_releases_in_main_profile(
    film: Video, alice: Any, main: Client, other: Client
):
    """They name no profile."""
    Favorite.objects.create(user=alice, video=film)

    assert (ids(main, "/api/video/?favorite=true"), ids(other, "/api/video/?favorite=true")) == (
        [film.pk],
        [],
    )


def test_reads_lists_with_as_many_queries_as_main_profile(
    film: Video, main: Client, other: Client, django_assert_num_queries: Any
):
    for client in (main, other):
        with django_assert_num_queries(2):  # the session with its profile, the films
            assert client.get("/api/video/").status_code == 200
