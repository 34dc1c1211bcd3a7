"""Extras: MP4s and the storyboard, which a film gets last and may do without."""

import errno
from pathlib import Path
from typing import Any

import pytest

from video_app.models import Build, BuildState, State, Video
from video_app.pipeline import derive
from video_app.pipeline.errors import EncodeError, StorageFullError
from video_app.pipeline.types import Plan
from video_app.tests.concurrency import raising
from video_app.tests.conftest import Encoder
from video_app.tests.films import (
    end_pauses,
    hold,
    make_film,
    make_next_build,
    make_plan,
    publish,
    replace_source,
    run,
)
from video_app.work import extras, machine
from video_app.work.extras import Extras

MP4S = {"360p": 99, "720p": 99}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


@pytest.fixture
def build(encoder: Encoder, settings: Any) -> Build:
    """Published, and without its extras."""
    settings.PROGRESSIVE_MP4 = True
    film = make_film(planned_revision=1, state=State.PROCESSING)
    assert film.current_build
    return film.current_build


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> None:
    def draw(_binary: str, _folder: Path, _plan: Plan, sheets: Path, **_: Any) -> int:
        sheets.mkdir()
        (sheets / "000.jpg").write_bytes(b"sheet")
        return 1

    def join(*arguments: Any, **_: Any) -> int:
        return int(arguments[-1].write_bytes(b"." * 99))

    monkeypatch.setattr(derive, "make_storyboard", draw)
    monkeypatch.setattr(derive, "make_progressive", join)


def make_extras(build: Build) -> bool:
    return run(extras.KIND, pk=build.pk)


def test_completes_video_with_its_extras(build: Build) -> None:
    assert make_extras(build)

    build.refresh_from_db()
    assert (build.progressive, build.storyboard_sheets) == (MP4S, 1)
    assert build.extras_at
    assert (build.attempts, build.lease_token) == (0, None)
    assert Video.objects.get().state == State.COMPLETED


def test_makes_extras_once(build: Build) -> None:
    make_extras(build)
    assert not make_extras(build)


def test_makes_no_mp4s_when_none_are_wanted(
    build: Build, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROGRESSIVE_MP4 = False
    monkeypatch.setattr(derive, "make_progressive", raising(AssertionError()))
    make_extras(build)
    assert Build.objects.get().progressive == {}


@pytest.mark.parametrize("error", [EncodeError("no"), StorageFullError("full")])
def test_completes_film_without_mp4s_after_the_last_attempt(
    build: Build, settings: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The MP4s are tried again; then the film does without them, and keeps the rest."""
    Build.objects.update(subtitles=2)
    monkeypatch.setattr(derive, "make_progressive", raising(error))
    for _ in range(settings.MAX_ATTEMPTS):
        assert Video.objects.get().state == State.PROCESSING
        assert make_extras(build)
    build.refresh_from_db()
    assert (build.state, build.progressive) == (BuildState.COMPLETE, {})
    assert (build.subtitles, build.storyboard_sheets) == (2, 1)
    assert Video.objects.get().state == State.COMPLETED


def test_does_without_storyboard_that_cannot_be_made(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "make_storyboard", raising(EncodeError("no")))
    make_extras(build)
    build.refresh_from_db()
    assert (build.progressive, build.storyboard_sheets) == (MP4S, 0)
    assert Video.objects.get().state == State.COMPLETED


@pytest.mark.parametrize("name", ["make_storyboard", "make_progressive"])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "I/O error")], ids=repr
)
def test_waits_for_storage_and_makes_them_then(
    build: Build, settings: Any, monkeypatch: pytest.MonkeyPatch, name: str, error: Exception
) -> None:
    with monkeypatch.context() as away:
        away.setattr(derive, name, raising(error))
        for _ in range(settings.MAX_ATTEMPTS + 1):
            end_pauses()
            assert make_extras(build)
    assert Build.objects.get().extras_at is None
    assert Video.objects.get().current_build == build
    end_pauses()
    assert make_extras(build)
    assert Build.objects.get().progressive == MP4S


@pytest.mark.parametrize("name", ["make_storyboard", "make_progressive"])
def test_waits_for_ffmpeg_that_is_broken(
    build: Build, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(derive, name, raising(EncodeError("exit status 127")))
    monkeypatch.setattr(machine, "ffmpeg_problem", lambda: "ffmpeg is broken here")
    make_extras(build)
    build.refresh_from_db()
    assert (build.extras_at, build.attempts, build.setbacks) == (None, 0, 1)


def test_gives_up_extras_that_were_tried_too_often(build: Build, settings: Any) -> None:
    Build.objects.update(attempts=settings.MAX_ATTEMPTS)
    extras.give_up(build.pk)
    assert Build.objects.get().extras_at
    assert Video.objects.get().state == State.COMPLETED


def test_does_not_record_extras_of_lost_lease(build: Build) -> None:
    lease = hold(extras.KIND, pk=build.pk)
    Build.objects.update(lease_token=None, lease_until=None)
    hold(extras.KIND, pk=build.pk)

    assert not extras.record(lease.wanted, Extras(sheets=5))
    assert Build.objects.get().storyboard_sheets == 0


def test_does_not_complete_video_whose_source_was_replaced(build: Build) -> None:
    """The old film is still shown and gets its extras; the new one has just begun."""
    replace_source(build.video)
    make_extras(build)
    assert Build.objects.get().extras_at
    assert Video.objects.get().state == State.PENDING


def test_makes_no_extras_for_retired_build(build: Build) -> None:
    publish(make_next_build(build.video, make_plan(2), done=1))
    assert not make_extras(build)


def test_hands_back_extras_of_build_retired_meanwhile(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def retire(*_: Any, **__: Any) -> int:
        publish(make_next_build(build.video, make_plan(2), done=1))
        return 1

    monkeypatch.setattr(derive, "make_storyboard", retire)
    make_extras(build)
    build.refresh_from_db()
    assert (build.extras_at, build.attempts, build.lease_token) == (None, 0, None)
