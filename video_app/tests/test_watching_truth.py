"""200 viewings whose truth is known, through the real endpoints: of players that report, of
silent ones, of silent ones behind nginx, and of silent ones that a bucket serves."""

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
from django.utils import timezone

from tests.people import ReadingClient, access_token, make_user
from video_app.insight.recorder import recorder
from video_app.models import Build, FilmDay, Video, Viewing, WatchTotals
from video_app.tests.films import make_film
from video_app.tests.watching import NOON, store

pytestmark = pytest.mark.django_db
SEGMENT = 6.0
SEGMENTS = 20
BUFFER = 5  # segments that a player fetches ahead
LOST = 0.05  # of the reports
REPORTING, SILENT, BEHIND_NGINX, FROM_BUCKET = "reporting", "silent", "behind nginx", "from bucket"


@pytest.fixture(autouse=True)
def _nothing_pending() -> Iterator[None]:
    recorder.flush()
    yield
    recorder.flush()


@dataclass
class Watcher:
    """One viewing: who, how long, and what can be known of it."""

    client: Client
    film: Video
    seconds: float
    begins: float  # after noon
    kind: str
    number: int

    def events(self) -> Iterator[tuple[float, Any]]:
        """When it asks for what."""
        if self.kind == FROM_BUCKET:
            yield from self._playlists()
            return
        if self.kind == REPORTING:  # the page tells that it will, before it fetches anything
            yield self.begins, ("report", 0.0)
        yield from self._segments()
        if self.kind == REPORTING:
            yield from self._reports()

    def _segments(self) -> Iterator[tuple[float, Any]]:
        """One every six seconds once its buffer is full. Of a burst nginx asks for two."""
        asked = range(min(SEGMENTS, int(self.seconds / SEGMENT) + 1 + BUFFER))
        for segment in asked:
            if self.kind == BEHIND_NGINX and 2 <= segment <= BUFFER:
                continue
            yield self.begins + max(0, segment - BUFFER) * SEGMENT, ("segment", segment)

    def _reports(self) -> Iterator[tuple[float, Any]]:
        """Some are lost; of a page that was closed nothing comes any more."""
        dice = random.Random(self.number)
        for at in (*map(float, range(15, int(self.seconds), 15)), self.seconds):
            if dice.random() > LOST:
                yield self.begins + at, ("report", at)

    def _playlists(self) -> Iterator[tuple[float, Any]]:
        """The quality changes on the way, to one whose first segments have addresses of ours."""
        yield self.begins, ("playlist", "360p")
        if self.seconds > 60:
            yield self.begins + 40, ("playlist", "720p")
            yield self.begins + 40, ("segment", 3)

    def act(self, what: str, value: Any) -> None:
        address = f"/api/video/{self.film.pk}"
        build = self.film.current_build_id
        if what == "playlist":
            playlist = self.client.get(f"{address}/{value}/index.m3u8?b={build}")
            assert b"http://127.0.0.1:1/films/hls/" in playlist.content
        elif what == "segment":
            ask = self.client.head if self.kind == BEHIND_NGINX else self.client.get
            response = ask(f"{address}/720p/{value:03d}.ts?b={build}")
            assert response.status_code in (200, 302)
        else:
            self._report(value)

    def _report(self, at: float) -> None:
        told = {"watched": at, "sequence": int(at) + 1, "end": "left" if at == self.seconds else ""}
        told |= {"startup": 0.8, "stalls": [1, 0, 0, 0], "stalled": 0.5}
        told["seen"] = (1 << int(20 * at / (SEGMENTS * SEGMENT))) - 1
        late = told | {"watched": max(0, at - 15), "sequence": max(0, int(at) - 14), "end": ""}
        for each in (told, told, late):  # repeated and overtaken on the way
            report = each | {"viewing": f"viewing-{self.number}", "video": self.film.pk}
            response = self.client.post(
                "/api/playback/", json.dumps(report), content_type="text/plain"
            )
            assert response.status_code == 204, response.content


def kind_of(number: int, film: int) -> str:
    """The same for everybody who watches a film again in the same browser."""
    if number % 2 == 0:
        return REPORTING
    if film == 3:
        return FROM_BUCKET
    return SILENT if number % 4 == 1 else BEHIND_NGINX


def watchers(count: int) -> list[Watcher]:
    """Of four films, the last of them in a bucket, by 20 members with two browsers each."""
    dice = random.Random(18)
    films = [make_film(f"Film {n}", segments=SEGMENTS) for n in range(4)]
    Build.objects.filter(video=films[3]).update(stored_at=timezone.now())
    users = [make_user(f"member{n}") for n in range(20)]
    clients = [
        ReadingClient(headers={"Authorization": f"Bearer {access_token(user)}"})
        for user in users
        for _ in range(2)
    ]
    found = []
    for number in range(count):
        # A browser that watches a film twice lets more than half an hour pass.
        client, film = clients[number % 40], (number // 40 + number) % 4
        seconds = dice.uniform(13, SEGMENTS * SEGMENT)
        begins = 60.0 * dice.uniform(0, 8) + 2900 * (number // 160)
        kind = kind_of(number, film)
        found.append(Watcher(client, films[film], seconds, begins, kind, number))
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


def row_of(watcher: Watcher) -> Viewing:
    """The one that began at the same moment."""
    began = NOON.timestamp() + watcher.begins
    rows = [
        row
        for row in Viewing.objects.filter(video=watcher.film, is_view=True)
        if abs(row.began_at.timestamp() - began) < 0.001
    ]
    assert len(rows) == 1, watcher
    return rows[0]


@pytest.mark.usefixtures("unasked_bucket")
def test_sums_are_true(settings: Any):
    settings.MEDIA_ACCEL = "nginx"  # whose questions are HEAD; a GET is a GET beside it
    with time_machine.travel(NOON, tick=False) as clock:
        truth = watchers(200)
        play(truth, clock)
    found = {
        kind: [(one, row_of(one)) for one in truth if one.kind == kind]
        for kind in (REPORTING, SILENT, BEHIND_NGINX, FROM_BUCKET)
    }
    reporting = len(found[REPORTING])

    assert Viewing.objects.filter(is_view=True).count() == 200
    assert {kind: len(pairs) > 20 for kind, pairs in found.items()} == dict.fromkeys(found, True)
    assert all(row.is_reported is (kind == REPORTING) for kind in found for _, row in found[kind])
    told = sum(row.seconds for _, row in found[REPORTING])
    true = sum(one.seconds for one, _ in found[REPORTING])
    assert abs(told - true) <= 0.02 * true
    for one, row in found[SILENT] + found[BEHIND_NGINX]:
        assert abs(row.seconds - one.seconds) <= BUFFER * SEGMENT, one
    assert {(row.seconds, row.seen) for _, row in found[FROM_BUCKET]} == {(0, 0)}

    totals = WatchTotals.objects.get()
    assert totals.views == sum(day.views for day in FilmDay.objects.all()) == 200
    assert totals.starts_only == len(found[FROM_BUCKET])
    assert totals.startups == [0, reporting, 0, 0, 0, 0, 0]
    assert (totals.stalls, totals.stalled_seconds) == (reporting, reporting / 2)
    assert totals.seconds == pytest.approx(sum(row.seconds for row in Viewing.objects.all()))
