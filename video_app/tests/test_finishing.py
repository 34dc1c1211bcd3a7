"""Finishing: whole chunks become the film that players get."""

from dataclasses import replace
from typing import Any

import pytest

from video_app.catalogue import notes
from video_app.models import Build, BuildState, State, Video
from video_app.pipeline import derive
from video_app.pipeline.errors import EncodeError, LeaseLostError, StorageFullError
from video_app.pipeline.streams import SubtitleStream
from video_app.tests.concurrency import raising
from video_app.tests.conftest import Encoder
from video_app.tests.films import (
    end_pauses,
    finish_chunk,
    hold,
    jobs,
    make_encoding,
    make_film,
    make_next_build,
    make_plan,
    replace_source,
    run,
)
from video_app.work import extras, finishing
from video_app.work.lease import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


def finish(build: Build) -> bool:
    return run(finishing.KIND, pk=build.pk)


def make_encoding_with_texts(*codes: str) -> Build:
    """A whole build of a file with subtitles in these languages."""
    build = make_encoding(1, done=1)
    texts = tuple(SubtitleStream(2 + n, "subrip", code) for n, code in enumerate(codes))
    plan = replace(build.plan, source=replace(build.plan.source, subtitles=texts))
    build.plan_json = plan.to_json()
    build.save()
    return build


def test_publishes_whole_build_and_retires_the_one_before(encoder: Encoder) -> None:
    video = make_film()
    old = video.current_build
    build = make_next_build(video, make_plan(segments=1, chunk=1))
    finish_chunk(build, 0)

    assert finish(build)

    video.refresh_from_db()
    old.refresh_from_db()
    build.refresh_from_db()
    assert (video.current_build, build.state) == (build, BuildState.COMPLETE)
    assert old.retired_at
    assert build.retired_at is None


def test_publishes_build_once(encoder: Encoder) -> None:
    build = make_encoding(1, done=1)
    assert finish(build)
    finished_at = Build.objects.get().finished_at
    assert not finish(build)
    assert Build.objects.get().finished_at == finished_at


def test_completes_video_only_with_its_extras(encoder: Encoder) -> None:
    build = make_encoding(1, done=1)
    finish(build)
    assert (Video.objects.get().state, Build.objects.get().state) == (
        State.PROCESSING,
        BuildState.COMPLETE,
    )
    run(extras.KIND, pk=build.pk)
    assert Video.objects.get().state == State.COMPLETED


def test_does_not_finish_build_with_due_chunks() -> None:
    assert not finish(make_encoding(chunks=2, done=1))


def test_does_not_publish_build_of_lost_lease() -> None:
    build = make_encoding(1, done=1)
    lease = hold(finishing.KIND, pk=build.pk)
    Build.objects.update(lease_token=None, lease_until=None)
    hold(finishing.KIND, pk=build.pk)

    assert not finishing.publish(lease.wanted, subtitles=0)
    assert Build.objects.get().state == BuildState.ENCODING


def test_does_not_publish_build_of_replaced_source() -> None:
    build = make_encoding(1, done=1)
    lease = hold(finishing.KIND, pk=build.pk)
    replace_source(build.video)

    assert not finishing.publish(lease.wanted, subtitles=0)
    assert not lease.renew()


def test_enqueues_extras_and_poster_of_finished_film(encoder: Encoder) -> None:
    build = make_encoding(1, done=1)
    finish(build)
    assert jobs("urgent") == [f"make_poster-{build.video_id}-1"]
    assert jobs("transcode") == [f"make_extras-{build.pk}"]


def test_records_how_many_subtitles_there_are(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "make_subtitles", lambda *_, **__: derive.Subtitles(2))
    finish(make_encoding(1, done=1))
    assert Build.objects.get().subtitles == 2


def test_publishes_film_whose_subtitles_cannot_be_made(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "make_subtitles", raising(EncodeError("no")))
    build = make_encoding(1, done=1)
    finish(build)
    build.refresh_from_db()
    assert (build.state, build.subtitles) == (BuildState.COMPLETE, 0)


def test_tells_which_subtitles_are_cut_short(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = make_encoding_with_texts("deu", "")
    short = derive.Subtitles(2, frozenset({0, 1}))
    monkeypatch.setattr(derive, "make_subtitles", lambda *_, **__: short)
    finish(build)
    told = [note.text for note in notes.left_out(Video.objects.get())]
    assert told == [finishing.CUT_SHORT % {"track": name} for name in ("German", "track 2")]


def test_tells_that_subtitles_are_left_out(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "make_subtitles", raising(EncodeError("no")))
    finish(make_encoding_with_texts("deu"))
    assert [note.text for note in notes.left_out(Video.objects.get())] == [finishing.LEFT_OUT]


def test_publishes_film_without_subtitles_after_the_last_attempt(
    encoder: Encoder, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "_make_subtitles", raising(EncodeError("no")))
    build = make_encoding(1, done=1)
    for _ in range(settings.MAX_ATTEMPTS):
        assert Build.objects.get().state == BuildState.ENCODING
        assert finish(build)
    build.refresh_from_db()
    assert (build.state, build.progressive, build.lease_token) == (BuildState.COMPLETE, {}, None)
    assert build.video.current_build == build


def test_waits_for_room_on_full_disk(
    encoder: Encoder, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = make_encoding(1, done=1)
    with monkeypatch.context() as full:
        full.setattr(finishing, "_make_subtitles", raising(OSError(28, "No space left")))
        for _ in range(settings.MAX_ATTEMPTS + 1):
            end_pauses()
            assert finish(build)
    assert Build.objects.get().state == BuildState.ENCODING
    end_pauses()
    assert finish(build)
    assert Build.objects.get().state == BuildState.COMPLETE


def test_leaves_no_trace_of_finish_that_was_called_off(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "make_subtitles", raising(LeaseLostError()))
    build = make_encoding(1, done=1)
    finish(build)
    build.refresh_from_db()
    assert (build.state, build.attempts, build.lease_token) == (BuildState.ENCODING, 0, None)
    assert claim(finishing.due())


def test_postpones_finish_for_want_of_storage(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "make_subtitles", raising(StorageFullError("full")))
    finish(make_encoding(1, done=1))
    assert Build.objects.get().state == BuildState.ENCODING
    assert Build.objects.get().setbacks == 1
