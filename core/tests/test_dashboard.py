"""The admin's first page: what is going on, at a glance."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from tests.people import make_user
from video_app.models import State, Video, WatchPosition
from video_app.tests.films import make_encoding, make_film, make_video

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
HOME = "/admin/"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff", is_staff=True, is_superuser=True))
    return client


def page(client: Client) -> str:
    return client.get(HOME).content.decode()


def test_names_models_in_german(staff: Client) -> None:
    shown = staff.get(HOME, headers={"Accept-Language": "de"}).content.decode()

    for name in (
        "Konten",
        "Sitzungen",
        "Profile",
        "Filme",
        "Serien",
        "Schlagwörter",
        "Wiedergaben",
    ):
        assert f"{name}</a>" in shown


def test_tells_what_is_going_on(staff: Client) -> None:
    make_encoding(2, done=1, title="In the Works")
    make_video("No Film", state=State.FAILED, error="This is not a video file.")
    film = make_film("Well Liked")
    for name in ("alice", "bob"):
        WatchPosition.objects.create(user=make_user(name), video=film, seconds=9)

    shown = page(staff)

    assert "encoding 50 %" in shown
    assert "This is not a video file." in shown
    assert "2 people" in shown
    assert "No worker is running" in shown
    assert "free of" in shown


def test_counts_by_what_films_are(staff: Client) -> None:
    make_film()
    make_film(is_published=False, publish_at=timezone.now())
    make_video("waiting")
    counts = staff.get(HOME).context["overview"].counts
    assert counts == {
        "published": 2,
        "drafts": 1,
        "waiting": 1,
        "encoding": 0,
        "failed": 0,
        "dated": 1,
    }


def test_says_that_there_is_nothing(staff: Client) -> None:
    assert "Nothing yet." in page(staff)


def test_lists_films_before_accounts(staff: Client) -> None:
    apps = staff.get(HOME).context["app_list"]
    assert apps[0]["app_label"] == "video_app"
    assert apps[0]["models"][0]["object_name"] == "Video"


def test_takes_constant_queries(staff: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(12):
        make_encoding(2, done=1)
        make_video(state=State.FAILED)
    with django_assert_max_num_queries(30):
        page(staff)


def test_shows_nothing_of_films_to_staff_who_may_not_see_them(client: Client) -> None:
    client.force_login(make_user("clerk", is_staff=True))
    Video.objects.create(title="Secret", state=State.FAILED)
    assert client.get(HOME).context["overview"] is None
    assert "Secret" not in page(client)


def test_offers_no_upload_to_staff_who_may_only_look(client: Client) -> None:
    reader = make_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_video"))
    client.force_login(reader)
    assert "Upload films" not in page(client)
