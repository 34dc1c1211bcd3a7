"""Reports of players: who may send them, what they may say, what is stored of them."""

import json
import random
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.test import Client

from tests.people import make_user, signed_in
from video_app.insight import viewings
from video_app.insight.recorder import recorder
from video_app.models import FilmDay, Video, Viewing, WatchTotals
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


class TestRight:
    def test_refuses_strangers(self, film: Video):
        assert send(stranger(), report(film)).status_code == 401

    @pytest.mark.parametrize("content_type", ["text/plain", "text/plain;charset=UTF-8",
                                              "application/json"])  # fmt: skip
    def test_takes_beacons(self, film: Video, member: Client, content_type: str):
        assert send(member, report(film), content_type).status_code == 204

    def test_refuses_pages_of_foreign_origins(self, film: Video, member: Client):
        answer = send(member, report(film), Origin="https://evil.example")

        assert answer.status_code == 403

    def test_takes_right_of_link(self, film: Video, member: Client):
        right = make_link(member, film).split("/")[3]

        assert send(stranger(), report(film, link=right)).status_code == 204
        assert send(stranger(), report(film, link="nonsense")).status_code == 401

    def test_link_reports_no_other_film(self, film: Video, member: Client):
        right = make_link(member, film).split("/")[3]

        assert send(stranger(), report(make_film(), link=right)).status_code == 401

    def test_returns_404_for_unknown_film(self, film: Video, member: Client):
        assert send(member, report(film, video=999)).status_code == 404

    def test_asks_no_database(self, film: Video, member: Client, django_assert_num_queries: Any):
        send(member, report(film))

        with django_assert_num_queries(0):
            send(member, report(film, sequence=2))


class TestCounting:
    def test_stores_what_was_told(self, film: Video, member: Client):
        told = {"startup": 0.7, "stalls": [2, 1, 0, 0], "stalled": 3.5, "switches": 4, "seen": 7,
                "end": "error", "problem": "network", "request": "abc123"}  # fmt: skip

        send(member, report(film, **told))
        store()

        row = Viewing.objects.get()
        assert (row.startup, row.stalls, row.stalled, row.switches, row.seen) == (0.7, 3, 3.5, 4, 7)
        assert (row.end, row.problem, row.request_id) == ("error", "network", "abc123")
        day = FilmDay.objects.get()
        assert (day.views, day.reported, day.seconds, day.errors) == (1, 1, 20.0, 1)
        assert day.retention == [1, 1, 1] + [0] * 17

    def test_counts_replayed_beacon_once(self, film: Video, member: Client):
        for _ in range(1000):
            send(member, report(film))
        store()
        store()

        assert (FilmDay.objects.get().views, FilmDay.objects.get().seconds) == (1, 20.0)

    def test_counts_error_of_film_that_never_began(self, film: Video, member: Client):
        send(member, report(film, watched=0.0, end="error", problem="format"))
        store()
        store()

        day, totals = FilmDay.objects.get(), WatchTotals.objects.get()
        assert (day.views, day.errors, totals.errors) == (0, 1, 1)

    def test_counts_error_once_when_watched_later(self, film: Video, member: Client):
        send(member, report(film, watched=0.0, end="error", problem="network"))
        store()
        send(member, report(film, sequence=2, watched=9.0, end="error", problem="network"))
        store()

        assert (FilmDay.objects.get().views, FilmDay.objects.get().errors) == (1, 1)

    def test_adds_only_what_is_new(self, film: Video, member: Client):
        with time_machine.travel(NOON, tick=False) as clock:
            for sequence, watched in enumerate([0.0, 30.0, 60.0, 60.0, 90.0]):
                send(member, report(film, sequence=sequence, watched=watched, startup=1.5))
                store()
                clock.shift(30)

        day, totals = FilmDay.objects.get(), WatchTotals.objects.get()
        assert (day.views, day.seconds, totals.seconds) == (1, 90.0, 90.0)
        assert totals.startups == [0, 0, 1, 0, 0, 0, 0]

    def test_ignores_late_and_falling_counters(self, film: Video, member: Client):
        send(member, report(film, sequence=5, watched=50.0))
        store()
        send(member, report(film, sequence=4, watched=400.0))
        send(member, report(film, sequence=6, watched=10.0))
        store()

        assert Viewing.objects.get().seconds == 50.0

    def test_believes_no_more_than_time_that_passed(self, film: Video, member: Client):
        with time_machine.travel(NOON, tick=False) as clock:
            send(member, report(film, watched=0.0))
            clock.shift(30)
            send(member, report(film, sequence=2, watched=80_000.0))
            store()

        assert Viewing.objects.get().seconds == 30 + viewings.SLACK_SECONDS

    def test_keeps_viewings_of_same_name_apart(self, film: Video, member: Client):
        send(member, report(film))
        send(signed_in(make_user("bob")), report(film, sequence=9, watched=5.0))
        store()

        assert sorted(Viewing.objects.values_list("seconds", flat=True)) == [5.0, 20.0]

    def test_limits_viewings_of_one_viewer(self, film: Video, member: Client):
        for number in range(60):
            send(member, report(film, viewing=f"viewing-{number}"))
        store()

        assert FilmDay.objects.get().views == 50

    def test_counts_segments_of_reporting_player_only_once(self, film: Video, member: Client):
        send(member, report(film, sequence=0, watched=0.0))
        fetch(member, film, range(5))
        send(member, report(film))
        store()

        assert FilmDay.objects.get().views == 1

    def test_counts_no_page_that_was_only_opened(self, film: Video, member: Client):
        send(member, report(film, watched=0.0))
        fetch(member, film, range(5))
        store()

        assert not FilmDay.objects.filter(views__gt=0).exists()

    def test_counts_no_preview_of_staff(self, film: Video):
        send(signed_in(make_user("staff", is_staff=True)), report(film))
        store()

        assert not Viewing.objects.exists()

    @pytest.mark.parametrize("wish", ["Sec-GPC", "DNT"])
    def test_respects_wish_of_browser(self, film: Video, member: Client, wish: str):
        assert send(member, report(film), **{wish: "1"}).status_code == 204
        store()

        assert not Viewing.objects.exists()

    def test_can_be_turned_off(self, film: Video, member: Client, settings: Any):
        settings.MEASURE_WATCHING = False

        assert send(member, report(film)).status_code == 204
        store()
        settings.MEASURE_WATCHING = True
        store()

        assert not Viewing.objects.exists()

    def test_survives_deleted_film(self, film: Video, member: Client):
        send(member, report(film))
        film.delete()
        store()

        assert not Viewing.objects.exists()

    def test_stores_nobody(self, film: Video, member: Client):
        send(member, report(film))
        store()

        stored = json.dumps(list(Viewing.objects.values()), default=str)
        assert "alice" not in stored
        assert "127.0.0.1" not in stored


def test_fuzzed_reports_leave_nothing_out_of_bounds(film: Video, member: Client):
    dice = random.Random(64)
    values = [
        *(-1, 0, 10**30, 1e308, float("inf"), None, True, "", "x" * 8000, '"', "a,b", "\x00"),
        *([], {}, [1] * 99, [-1, 0, 0, 0], "2026", 1.5, "ümläut", "<script>"),
    ]
    names = [*json.loads(report(film)), "startup", "stalls", "stalled", "switches", "seen"]
    names += ["end", "problem", "request", "link", "unknown"]
    with patch.object(recorder, "add"):
        for number in range(1000):
            wrong = {name: dice.choice(values) for name in dice.sample(names, dice.randint(1, 3))}
            answer = send(member, report(film, **{"sequence": number} | wrong))
            assert answer.status_code in (204, 400, 401, 404), wrong
    store()

    for row in Viewing.objects.all():
        assert 0 <= row.seconds <= 86_400
        assert row.seen < 1 << 20
        assert row.startup is None or 0 <= row.startup <= 600


@pytest.mark.parametrize("body", ["", "[]", "{", "null", "1", '"x"', "\xff", "{}" * 9, "[" * 9000])
def test_refuses_what_is_no_report(film: Video, member: Client, body: str):
    assert send(member, body).status_code == 400
