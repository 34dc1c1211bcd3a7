"""What is inferred of players that report nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import Mock, patch

import pytest
import time_machine
from django.test import Client
from redis import Redis
from redis.exceptions import ConnectionError

from tests.people import make_user, signed_in
from video_app.insight import flushing
from video_app.insight.segments import recorder
from video_app.models import FilmDay, Video, Viewing
from video_app.tests.films import make_film
from video_app.tests.links import make_link, stranger
from video_app.tests.watching import NOON, fetch, store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    recorder.flush()
    with time_machine.travel(NOON, tick=False):
        yield
    recorder.flush()


@pytest.fixture
def film() -> Video:
    return make_film(segments=20)


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())


def watch(client: Client, film: Video, segments: range, query: str = "", **headers: str) -> None:
    """One segment every six seconds."""
    with time_machine.travel(NOON, tick=False) as clock:
        for number in segments:
            fetch(client, film, range(number, number + 1), query, **headers)
            clock.shift(6)
        store()


class TestSeconds:
    def test_counts_steady_watching(self, film: Video, member: Client):
        watch(member, film, range(10))

        row = Viewing.objects.get()
        assert (row.seconds, row.is_view, row.is_reported) == (60.0, True, False)
        assert row.seen == (1 << 10) - 1

    def test_counts_no_more_than_time_that_passed(self, film: Video, member: Client):
        with time_machine.travel(NOON, tick=False) as clock:
            for number in range(20):
                fetch(member, film, range(number, number + 1))
                clock.shift(0.5)
            store()

        assert Viewing.objects.get().seconds <= 10 + 6

    def test_counts_no_pause(self, film: Video, member: Client):
        with time_machine.travel(NOON, tick=False) as clock:
            for number in range(10):
                fetch(member, film, range(number, number + 1))
                clock.shift(600 if number == 5 else 6)
            store()

        assert Viewing.objects.get().seconds == 60.0

    def test_counts_lone_segment_as_no_view(self, film: Video, member: Client):
        watch(member, film, range(1))

        assert Viewing.objects.get().is_view is False
        assert not FilmDay.objects.filter(views__gt=0).exists()

    def test_begins_another_viewing_after_long_silence(self, film: Video, member: Client):
        watch(member, film, range(5))
        with time_machine.travel(NOON + timedelta(minutes=40), tick=False):
            fetch(member, film, range(3))
            store()

        assert FilmDay.objects.get().views == 2

    def test_fills_in_what_nginx_sent_unasked(self, film: Video, member: Client):
        watch(member, film, range(0, 20, 4))

        assert Viewing.objects.get().seen == (1 << 17) - 1

    def test_counts_segments_of_links(self, film: Video, member: Client):
        right = make_link(member, film).split("/")[3]
        for number in range(3):
            stranger().get(f"/api/play/{right}/{film.pk}/720p/{number:03d}.ts")
        store()

        assert FilmDay.objects.get().views == 1


class TestWhatIsNoWatching:
    def test_ignores_byte_ranges_of_trick_play(self, film: Video, member: Client):
        fetch(member, film, range(10), Range="bytes=0-187")
        store()

        assert not Viewing.objects.exists()

    def test_ignores_head_unless_nginx_asks(self, film: Video, member: Client, settings: Any):
        address = f"/api/video/{film.pk}/720p/%03d.ts"
        for number in range(3):
            member.head(address % number)
        store()
        assert not Viewing.objects.exists()

        settings.MEDIA_ACCEL = "nginx"
        for number in range(3):
            member.head(address % number)
        store()
        assert Viewing.objects.get().is_view

    def test_ignores_staff(self, film: Video):
        watch(signed_in(make_user("staff", is_staff=True)), film, range(5))

        assert not Viewing.objects.exists()

    def test_can_be_turned_off(self, film: Video, member: Client, settings: Any):
        settings.MEASURE_WATCHING = False

        with patch.object(recorder, "add") as added:
            fetch(member, film, range(3))

        assert not added.called


class TestPrice:
    def test_makes_one_round_trip_per_segment(self, film: Video, member: Client):
        fetch(member, film, range(1))
        recorder.flush()

        with patch.object(Redis, "execute_command", autospec=True,
                          side_effect=Redis.execute_command) as asked:  # fmt: skip
            fetch(member, film, range(1, 3))

        assert asked.call_count == 2

    def test_plays_without_redis(self, film: Video, member: Client, monkeypatch: Any):
        fetch(member, film, range(2))
        monkeypatch.setattr(
            "video_app.insight.redis_store.get_redis_connection",
            Mock(side_effect=ConnectionError("Redis is away")),
        )

        recorder.flush()
        flushing.flush()

        assert not Viewing.objects.exists()

    def test_bounds_what_waits(self, film: Video, member: Client):
        with patch("video_app.insight.segments.MAX_PENDING", 2):
            fetch(member, film, range(5))

            assert len(recorder._pending) == 2


class TestCmcd:
    def test_tells_viewings_of_one_session_apart(self, film: Video, member: Client):
        watch(member, film, range(5), "&CMCD=sid%3D%22one%22")
        watch(member, film, range(3), "&CMCD=sid%3D%22two%22")

        assert FilmDay.objects.get().views == 2

    def test_counts_empty_buffers_as_stalls(self, film: Video, member: Client):
        watch(member, film, range(4), **{"CMCD-Status": "bs", "CMCD-Session": 'sid="x"'})

        assert Viewing.objects.get().stalls == 4

    def test_plays_with_8_kb_of_it(self, film: Video, member: Client):
        watch(member, film, range(3), "&CMCD=" + "a" * 8000)

        assert FilmDay.objects.get().views == 1


def test_forgets_single_viewings_after_a_week_and_sums_later(
    film: Video, member: Client, settings: Any
):
    watch(member, film, range(5))
    with time_machine.travel(NOON + timedelta(days=9)):
        flushing.forget_old()
        assert (Viewing.objects.count(), FilmDay.objects.count()) == (0, 1)
    with time_machine.travel(NOON + timedelta(days=settings.WATCH_DAYS + 2)):
        flushing.forget_old()

        assert FilmDay.objects.count() == 0


def test_ranks_films_of_the_week(film: Video, member: Client):
    other = make_film("Less watched", segments=20)
    watch(member, film, range(5))
    watch(signed_in(make_user("bob")), film, range(5))
    watch(member, other, range(5))

    with time_machine.travel(NOON):
        assert FilmDay.objects.most_watched(days=7, limit=10) == [film.pk, other.pk]
    with time_machine.travel(NOON + timedelta(days=8)):
        assert FilmDay.objects.most_watched(days=7, limit=10) == []
