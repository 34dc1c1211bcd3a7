"""Films that are published and withdrawn at a date."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.models import Video
from video_app.streaming import film_cache, publication
from video_app.tests.films import make_film, make_video
from video_app.tests.test_admin import NO_ROWS
from video_app.work import sweeper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
PAST, PAST_TOO = -60, -30
FUTURE = 3600


def dated(publish: int | None = None, unpublish: int | None = None, **fields: Any) -> Video:
    def at(seconds: int | None) -> Any:
        return None if seconds is None else timezone.now() + timedelta(seconds=seconds)

    return make_video(publish_at=at(publish), unpublish_at=at(unpublish), **fields)


@pytest.mark.parametrize(
    ("publish", "unpublish", "before", "after"),
    [
        (PAST, None, False, True),
        (PAST, FUTURE, False, True),
        (FUTURE, None, False, False),
        (None, PAST, True, False),
        (None, FUTURE, True, True),
        (PAST, PAST_TOO, False, False),
        (None, None, False, False),
        (None, None, True, True),
    ],
)
def test_follows_dates(publish: Any, unpublish: Any, before: bool, after: bool) -> None:
    video = dated(publish, unpublish, is_published=before)
    publication.follow_dates()
    video.refresh_from_db()
    assert video.is_published == after


def test_follows_each_date_once() -> None:
    video = dated(PAST, is_published=False)
    assert publication.follow_dates() == 1
    Video.objects.update(is_published=False)  # by hand, afterwards
    assert publication.follow_dates() == 0
    video.refresh_from_db()
    assert (video.is_published, video.publish_at) == (False, None)


def test_sweeper_shows_film_to_members_at_its_date() -> None:
    film = make_film(is_published=False, publish_at=timezone.now())
    alice = signed_in(make_user("alice"))
    assert alice.get(f"/api/video/{film.pk}/master.m3u8").status_code == 404

    assert sweeper.reconcile()["dated"] == 1

    cache.delete(film_cache.key(film.pk))  # as after two seconds
    assert alice.get(f"/api/video/{film.pk}/master.m3u8").status_code == 200


def test_dry_run_publishes_nothing() -> None:
    video = dated(PAST, is_published=False)
    sweeper.reconcile(dry_run=True)
    video.refresh_from_db()
    assert not video.is_published


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"publish_at": "2040-02-01", "unpublish_at": "2040-01-01"}, "withdrawn before"),
        ({"publish_at": "2040-02-01", "unpublish_at": ""}, ""),
    ],
)
def test_form_checks_dates(client: Client, fields: dict[str, str], error: str) -> None:
    client.force_login(make_user("staff", is_staff=True, is_superuser=True))
    video = make_video()
    given = {f"{name}_0": day for name, day in fields.items()}
    given |= {f"{name}_1": "12:00" for name, day in fields.items() if day}
    given |= {"title": "A film", "category": "drama", "is_published": "on"}
    given |= NO_ROWS | {"audience": "everybody"}

    page = client.post(f"/admin/video_app/video/{video.pk}/change/", given)

    video.refresh_from_db()
    assert (error in page.content.decode()) if error else page.status_code == 302
    assert video.is_published == bool(error)
