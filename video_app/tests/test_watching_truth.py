"""200 viewings whose truth is known, through the real endpoints."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.people import ReadingClient, access_token, make_user
from video_app.insight.segments import recorder
from video_app.models import FilmDay, Video, Viewing, WatchTotals
from video_app.tests.films import make_film
from video_app.tests.watching import NOON, store

pytestmark = pytest.mark.django_db
SEGMENT = 6.0
SEGMENTS = 20
BUFFER = 5  # segments that a player fetches ahead


@pytest.fixture(autouse=True)
def _nothing_pending() -> Iterator[None]:
    recorder.flush()
    yield
    recorder.flush()


@dataclass
class Watcher:
    """One viewing: who, how long, and whether the player tells of it."""

    client: Client
    film: Video
    seconds: float
    begins: float  # after noon
    reports: bool
    number: int

    def events(self) -> Iterator[tuple[float, Any]]:
        """When it asks for what; a segment every six seconds once its buffer is full."""
        if self.reports:  # the page tells that it will, before it fetches anything
            yield self.begins, ("report", 0.0)
        watched_segments = int(self.seconds / SEGMENT) + 1
        for segment in range(min(SEGMENTS, watched_segments + BUFFER)):
            yield self.begins + max(0, segment - BUFFER) * SEGMENT, ("segment", segment)
        if not self.reports:
            return
        for at in range(30, int(self.seconds), 30):
            yield self.begins + at, ("report", float(at))
        yield self.begins + self.seconds, ("report", self.seconds)

    def act(self, what: str, value: float) -> None:
        if what == "segment":
            self.client.get(
                f"/api/video/{self.film.pk}/720p/{value:03d}.ts?b={self.film.current_build_id}"
            )
            return
        report = {
            "viewing": f"viewing-{self.number}",
            "video": self.film.pk,
            "sequence": int(value) + 1,
            "watched": value,
            "startup": 0.8,
            "stalls": [1, 0, 0, 0],
            "stalled": 0.5,
            "seen": (1 << int(20 * value / (SEGMENTS * SEGMENT))) - 1,
            "end": "left" if value == self.seconds else "",
        }
        for _ in range(2):  # repeated by the network
            response = self.client.post(
                "/api/playback/", json.dumps(report), content_type="text/plain"
            )
            assert response.status_code == 204, response.content


def watchers(count: int) -> list[Watcher]:
    """Of four films, by 20 members with two browsers each, within an hour."""
    dice = random.Random(18)
    films = [make_film(f"Film {n}", segments=SEGMENTS) for n in range(4)]
    users = [make_user(f"member{n}") for n in range(20)]
    clients = [
        ReadingClient(headers={"Authorization": f"Bearer {access_token(user)}"})
        for user in users
        for _ in range(2)
    ]
    found = []
    for number in range(count):
        # A browser that watches a film twice lets more than half an hour pass.
        client, film = clients[number % 40], films[(number // 40 + number) % 4]
        seconds = dice.uniform(13, SEGMENTS * SEGMENT)
        begins = 60.0 * dice.uniform(0, 8) + 2900 * (number // 160)
        found.append(Watcher(client, film, seconds, begins, number % 2 == 0, number))
    return found


def play(all_of_them: list[Watcher], clock: Any) -> None:
    """Every event in its order, with the clock set to it."""
    events = [(at, w, event) for w in all_of_them for at, event in w.events()]
    start, stored = time.time(), 0.0
    for at, watcher, event in sorted(events, key=lambda one: one[0]):
        clock.move_to(datetime.fromtimestamp(start + at, UTC))
        watcher.act(*event)
        if at >= stored + 600:
            stored = at
            store()
    for _ in range(2):  # the second finds nothing new
        store()


def test_sums_are_true():
    with time_machine.travel(NOON, tick=False) as clock:
        truth = watchers(200)
        play(truth, clock)
    reporting = [one for one in truth if one.reports]
    silent = [one for one in truth if not one.reports]

    rows = list(Viewing.objects.filter(is_view=True))
    reported_seconds = sum(row.seconds for row in rows if row.is_reported)
    true_seconds = sum(one.seconds for one in reporting)
    assert len(rows) == 200
    assert abs(reported_seconds - true_seconds) <= 0.02 * true_seconds
    inferred = [row for row in rows if not row.is_reported]
    assert len(inferred) == len(silent)
    for film in {one.film.pk for one in silent}:
        guessed = sorted(row.seconds for row in inferred if row.video_id == film)
        real = sorted(one.seconds for one in silent if one.film.pk == film)
        within = BUFFER * SEGMENT + SEGMENT
        assert all(abs(a - b) <= within for a, b in zip(guessed, real, strict=True))
    totals = WatchTotals.objects.get()
    assert totals.views == sum(day.views for day in FilmDay.objects.all()) == 200
    assert totals.startups == [0, 100, 0, 0, 0, 0, 0]
    assert (totals.stalls, totals.stalled_seconds) == (100, 50)
    assert totals.seconds == pytest.approx(sum(row.seconds for row in rows))
