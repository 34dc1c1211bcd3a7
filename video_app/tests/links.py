"""Making and opening play links in tests."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from tests.people import ReadingClient
from video_app.models import Video


def make_link(maker: Client, film: Video) -> str:
    """The path of a new link's master playlist."""
    response = maker.post(f"/api/video/{film.pk}/play-link/")
    assert response.status_code == 201, response.content
    return urlsplit(response.json()["url"]).path


def stranger() -> Client:
    """A player without cookies."""
    return ReadingClient()


def beside(link: str, rest: str) -> str:
    """Another address below the same link."""
    return link.removesuffix("master.m3u8") + rest


def status(path: str, **headers: Any) -> int:
    return stranger().get(path, headers=headers).status_code
