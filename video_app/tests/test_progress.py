"""Progress: how far and how fast a film is encoded."""

from typing import Any

import pytest

from video_app.catalogue import progress
from video_app.models import Build, Chunk, ChunkState, Video
from video_app.pipeline.errors import EncodeError
from video_app.tests.conftest import Encoder
from video_app.tests.films import ago, hold_chunk, make_encoding, run
from video_app.work import encoding, extras, finishing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


def percent() -> float:
    return progress.percent(Video.objects.get())


def complete(build: Build) -> None:
    assert run(finishing.KIND, pk=build.pk)
    assert run(extras.KIND, pk=build.pk)


def test_counts_encoded_seconds() -> None:
    build = make_encoding(chunks=4, done=1)
    assert percent() == 25.0
    hold_chunk(build, 1).renew(seconds_done=3.0)
    assert percent() == 37.5


def test_never_goes_back_when_a_chunk_is_tried_again(encoder: Encoder) -> None:
    build, seen = make_encoding(chunks=4), []
    for reached in (1.0, 5.0):
        lease = hold_chunk(build, 0)
        seen.append(percent())
        lease.renew(seconds_done=reached)
        seen.append(percent())
        encoding.failed(lease, EncodeError("killed"))
        seen.append(percent())
    encoding.fail(build.pk, "Because.")
    seen.append(percent())
    assert seen == sorted(seen)
    assert seen[-1] > 0


def test_does_not_take_back_what_was_shown(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("video_app.work.lease.RENEW_SECONDS", 0)
    build = make_encoding(chunks=1)
    Chunk.objects.update(seconds_done=5.0)
    assert run(encoding.KIND, build=build)  # reports one second
    assert build.chunks.get().seconds_done == 5.0


def test_says_how_far_a_chunk_is_while_it_is_encoded(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("video_app.work.lease.RENEW_SECONDS", 0)
    build = make_encoding(chunks=1)
    assert run(encoding.KIND, build=build)
    assert build.chunks.get().seconds_done == 1.0


def test_is_complete_only_at_the_end(encoder: Encoder) -> None:
    build = make_encoding(chunks=1, done=1)
    assert percent() == 99.9
    assert run(finishing.KIND, pk=build.pk)
    assert percent() < 100.0
    assert run(extras.KIND, pk=build.pk)
    assert percent() == 100.0


def test_never_goes_back_when_a_film_is_finished(encoder: Encoder) -> None:
    build = make_encoding(chunks=1, done=1)
    before = percent()
    assert run(finishing.KIND, pk=build.pk)
    assert percent() >= before


def test_tells_speed_and_time_left() -> None:
    build = make_encoding(chunks=4, done=1)
    Build.objects.filter(pk=build.pk).update(created_at=ago(3 * 60))
    pace: Any = progress.pace(Video.objects.get())
    assert pace.seconds_left in (540, 545)
    assert pace.speed == round(build.plan.duration / 4 / 180, 1)


def test_tells_no_pace_before_anything_is_encoded_and_after_the_end(encoder: Encoder) -> None:
    build = make_encoding(chunks=1)
    assert progress.pace(Video.objects.get()) is None
    Chunk.objects.update(state=ChunkState.DONE)
    complete(build)
    assert progress.pace(Video.objects.get()) is None
