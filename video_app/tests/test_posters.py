"""Posters: one for each source, in place of an older one, and not for ever."""

from pathlib import Path
from typing import Any

import pytest

from video_app.models import State, Video
from video_app.pipeline import layout, poster
from video_app.pipeline.errors import EncodeError
from video_app.tests.concurrency import raising
from video_app.tests.conftest import draw_poster
from video_app.tests.films import (
    end_pauses,
    finish_chunk,
    jobs,
    make_encoding,
    make_film,
    make_next_build,
    make_plan,
    run,
    write,
)
from video_app.work import finishing, planning, posters, sweeper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_media", "encoder"),
]


def make_poster(video: Video) -> bool:
    return run(posters.KIND, pk=video.pk)


def draw(then: Any = lambda: None) -> Any:
    def draw_and(binary: str, path: Path, source: Any, folder: Path, **_: Any) -> Path:
        drawn = draw_poster(binary, path, source, folder)
        then()
        return drawn

    return draw_and


def test_makes_poster_once() -> None:
    video = make_film(planned_revision=1)
    assert make_poster(video)
    assert not make_poster(video)
    assert Video.objects.get().poster == layout.poster_key(video.pk, 1)


def test_makes_poster_of_growing_film() -> None:
    build = make_encoding()
    finish_chunk(build, 0)
    assert f"make_poster-{build.video_id}-1" in jobs("urgent")
    assert make_poster(build.video)


def test_does_not_keep_poster_of_replaced_source(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = make_film(planned_revision=1)
    monkeypatch.setattr(poster, "make_poster", draw(lambda: planning.request_again(video.pk)))
    make_poster(video)
    assert Video.objects.get().poster == ""
    assert not list(media.glob("posters/*"))


def test_keeps_poster_that_another_worker_made_meanwhile(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lease ran out, and whoever took over was faster: both write one file."""
    video = make_film(planned_revision=1)
    key = layout.poster_key(video.pk, 1)

    def others_publish() -> None:
        Video.objects.update(poster=key, lease_token=None, lease_until=None)

    monkeypatch.setattr(poster, "make_poster", draw(others_publish))
    make_poster(video)
    assert (media / key).exists()


def test_replaces_poster_of_older_source(media: Path) -> None:
    video = make_film(poster="posters/old.jpg")
    write("posters/old.jpg", b"old")
    build = make_next_build(video, make_plan(1, chunk=1))
    finish_chunk(build, 0)
    run(finishing.KIND, pk=build.pk)

    assert make_poster(video)
    assert Video.objects.get().poster == layout.poster_key(video.pk, 2)
    assert not (media / "posters/old.jpg").exists()


def test_makes_no_poster_of_film_whose_new_source_is_not_shown() -> None:
    video = make_film()
    make_next_build(video, make_plan())
    assert not make_poster(video)


def test_leaves_out_poster_that_cannot_be_made(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = make_film(planned_revision=1)
    runs: list[int] = []

    def fail(*_: Any, **__: Any) -> None:
        runs.append(1)
        raise EncodeError("no frame could be read")

    monkeypatch.setattr(poster, "make_poster", fail)
    for _ in range(5):
        Video.objects.update(enqueued_at=None)
        sweeper.reconcile()
        make_poster(video)
    assert len(runs) == settings.MAX_ATTEMPTS
    Video.objects.update(enqueued_at=None)
    assert sweeper.reconcile()["posters"] == 0
    assert Video.objects.get().state == State.COMPLETED


def test_waits_for_storage(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    video = make_film(planned_revision=1)
    with monkeypatch.context() as away:
        away.setattr(poster, "make_poster", raising(OSError(5, "I/O error")))
        for _ in range(settings.MAX_ATTEMPTS + 1):
            end_pauses()
            assert make_poster(video)
    end_pauses()
    assert make_poster(video)


def test_writes_no_poster_into_media_that_are_away(media: Path) -> None:
    video = make_film(planned_revision=1)
    media.rename(media.with_suffix(".unmounted"))
    make_poster(video)
    assert not media.exists()
    assert Video.objects.get().setbacks == 1
