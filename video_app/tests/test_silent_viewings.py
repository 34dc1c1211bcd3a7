"""What is inferred of players that report nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import Mock, patch

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from redis import Redis
from redis.exceptions import ConnectionError

from tests.people import make_user, signed_in
from video_app.insight import flushing
from video_app.insight.recorder import recorder
from video_app.models import Build, FilmDay, Video, Viewing
from video_app.tests.films import make_film
from video_app.tests.links import make_link, stranger
from video_app.tests.watching import NOON, fetch, report, send, store

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

    @pytest.mark.parametrize("wish", ["Sec-GPC", "DNT"])
    def test_respects_wish_of_browser(self, film: Video, member: Client, wish: str):
        watch(member, film, range(5), **{wish: "1"})
        assert not Viewing.objects.exists()

        watch(member, film, range(5), **{wish: "0"})
        assert Viewing.objects.get().is_view

    def test_can_be_turned_off(self, film: Video, member: Client, settings: Any):
        settings.MEASURE_WATCHING = False

        with patch.object(recorder, "add") as added:
            fetch(member, film, range(3))

        assert not added.called


@pytest.mark.usefixtures("unasked_bucket")
class TestBucket:
    """Segments of a film in a bucket are fetched there; its playlists are ours."""

    @pytest.fixture
    def film(self) -> Video:
        film = make_film(segments=20)
        Build.objects.update(stored_at=timezone.now())
        return film

    def get_playlist(self, client: Client, film: Video, rung: str = "360p", **headers: str) -> None:
        address = f"/api/video/{film.pk}/{rung}/index.m3u8"
        assert client.get(address, headers=headers).status_code == 200

    def test_counts_view_without_seconds(self, film: Video, member: Client):
        self.get_playlist(member, film)
        store()

        row, day = Viewing.objects.get(), FilmDay.objects.get()
        assert (row.is_view, row.seconds, row.seen) == (True, 0, 0)
        assert (day.views, day.starts_only) == (1, 1)
        assert row.request_id

    def test_counts_change_of_quality_as_same_view(self, film: Video, member: Client):
        self.get_playlist(member, film)
        with time_machine.travel(NOON + timedelta(minutes=31), tick=False):  # of a long pause
            self.get_playlist(member, film, "720p")
            fetch(member, film, range(2))
            store()

        assert FilmDay.objects.get().views == 1

    @pytest.mark.parametrize("name", ["master.m3u8", "360p/iframes.m3u8", "storyboard.vtt"])
    def test_counts_no_other_playlist(self, film: Video, member: Client, name: str):
        member.get(f"/api/video/{film.pk}/{name}")
        member.head(f"/api/video/{film.pk}/360p/index.m3u8")
        store()

        assert not Viewing.objects.exists()

    def test_counts_neither_staff_nor_who_does_not_want_it(self, film: Video, member: Client):
        self.get_playlist(signed_in(make_user("staff", is_staff=True)), film)
        self.get_playlist(member, film, **{"Sec-GPC": "1"})
        store()

        assert not Viewing.objects.exists()

    def test_counts_reporting_player_once(self, film: Video, member: Client):
        send(member, report(film, sequence=0, watched=0.0))
        self.get_playlist(member, film)
        send(member, report(film))
        store()

        assert (FilmDay.objects.get().views, FilmDay.objects.get().starts_only) == (1, 0)

    def test_follows_players_of_links(self, film: Video, member: Client):
        right = make_link(member, film).split("/")[3]
        for number in range(3):
            stranger().get(f"/api/play/{right}/{film.pk}/720p/{number:03d}.ts")
        store()
        assert Viewing.objects.get().seen > 0

    def test_counts_no_film_in_folder_by_playlist(self, film: Video, member: Client):
        Build.objects.update(stored_at=None)
        self.get_playlist(member, film)
        store()

        assert not Viewing.objects.exists()


def test_names_request_for_the_log(film: Video, member: Client):
    """The id that our answer and each of its log lines carry, whether or not a proxy gave one."""
    address = f"/api/video/{film.pk}/720p/000.ts"
    for given in ({}, {"X-Request-ID": "from-nginx"}, {"X-Request-ID": "<b>not an id"}):
        answered = member.get(address, headers=given)["X-Request-ID"]
        store()
        assert Viewing.objects.get().request_id == answered


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
        with patch("video_app.insight.recorder.MAX_PENDING", 2):
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
