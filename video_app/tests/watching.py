"""Watching films in tests: reports, segments, and what is stored of them."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import time_machine
from django.test import Client

from video_app.insight import flushing
from video_app.insight.recorder import recorder
from video_app.models import Video

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def report(film: Video, **fields: Any) -> str:
    given = {"viewing": "viewing-1", "video": film.pk, "sequence": 1, "watched": 20.0}
    return json.dumps(given | fields)


def send(client: Client, body: str, content_type: str = "text/plain", **headers: str) -> Any:
    return client.post("/api/playback/", body, content_type=content_type, headers=headers)


def fetch(client: Client, film: Video, numbers: range, query: str = "", **headers: str) -> None:
    for number in numbers:
        address = f"/api/video/{film.pk}/720p/{number:03d}.ts?b={film.current_build_id}{query}"
        assert client.get(address, headers=headers).status_code in (200, 206, 302)


def store() -> None:
    """As the sweeper does a while later."""
    recorder.flush()
    with time_machine.travel(time.time() + flushing.SILENT_SECONDS + 1, tick=False):
        flushing.flush()
