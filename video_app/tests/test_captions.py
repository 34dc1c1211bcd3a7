"""Automatic captions as work on films: an extra, after all else, whose failure is a note."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.catalogue import notes
from video_app.models import Build, Subtitle, Video
from video_app.pipeline import transcription
from video_app.pipeline.captions import Heard
from video_app.pipeline.errors import EncodeError, LeaseLostError, PipelineError
from video_app.pipeline.transcription import Transcript
from video_app.pipeline.types import AudioStream
from video_app.tests.films import (
    hold,
    jobs,
    make_build,
    make_encoding,
    make_plan,
    make_video,
    publish,
    run,
    work_under,
)
from video_app.work import captions, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


class Engine:
    """Stands for the engine: hears one sentence in each piece."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.error: Exception | None = None

    def __call__(
        self, _binary: str, _model: str, language: str, segments: list[str], *_: Any, **options: Any
    ) -> Transcript:
        self.asked.append((language, len(segments)))
        if self.error:
            raise self.error
        options["watch"]()
        return Transcript("en", (Heard(1.0, 2.0, f"Sentence {len(self.asked)}"),))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Engine:
    settings.CAPTIONS_MODEL = str(tmp_path)
    monkeypatch.setattr(captions, "_is_possible", lambda model: True)
    engine = Engine()
    monkeypatch.setattr(transcription, "transcribe", engine)
    return engine


def make_spoken(language: str = "eng", segments: int = 4, **fields: Any) -> Build:
    """A whole film with sound, and with its extras."""
    plan = make_plan(segments)
    sound = AudioStream(1, "aac", 2, 48000, Fraction(0), Fraction(24), language)
    plan = replace(plan, source=replace(plan.source, audios=(sound,)))
    build = make_build(make_video(state="completed", **fields), plan)
    publish(build)
    Build.objects.filter(pk=build.pk).update(extras_at=timezone.now())
    return build


def caption(build: Build) -> bool:
    return run(captions.KIND, pk=build.pk)


def told() -> list[str]:
    return [note.text for note in notes.of_film(Video.objects.get()) if note.code == captions.CODE]


def test_writes_draft_in_pieces(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcription, "PIECE_SECONDS", 12)
    build = make_spoken(segments=3)

    assert [caption(build), caption(build), caption(build)] == [True, True, False]

    row = Subtitle.objects.get()
    assert (row.is_automatic, row.is_draft, row.language, row.label) == (
        True,
        True,
        "eng",
        "English",
    )
    assert "00:00:01.000 --> 00:00:02.000\nSentence 1" in row.text
    assert "00:00:13.000 --> 00:00:14.000\nSentence 2" in row.text
    assert engine.asked == [("en", 2), ("en", 1)]


def test_shows_draft_to_nobody(engine: Engine) -> None:
    build = make_spoken()
    caption(build)
    viewer = signed_in(make_user())

    master = viewer.get(f"/api/video/{build.video_id}/master.m3u8").content.decode()
    listed = viewer.get(f"/api/video/{build.video_id}/subtitles/").json()

    assert ("SUBTITLES" in master, listed) == (False, [])


def test_is_off_by_default(settings: Any, tmp_path: Path) -> None:
    make_spoken()
    assert not captions.due().exists()

    settings.CAPTIONS_MODEL = str(tmp_path)  # in which there is no model
    assert not captions.due().exists()


def test_comes_after_everything_else(engine: Engine) -> None:
    make_spoken()
    make_encoding(chunks=1)

    assert order.ORDER[-1].kind is captions.KIND


def test_steps_aside_for_more_important_work(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captions, "LOOK_SECONDS", 0)
    build = make_spoken()
    make_encoding(chunks=1)

    caption(build)

    build.refresh_from_db()
    assert (build.captioned_segments, build.attempts, build.lease_token) == (0, 0, None)
    assert captions.due().exists()


@pytest.mark.parametrize("language", ["eng", "und"])
def test_leaves_film_with_subtitles_alone(engine: Engine, language: str) -> None:
    build = make_spoken(language)
    Subtitle.objects.create(video_id=build.video_id, language="eng", text="WEBVTT\n")

    caption(build)

    assert (engine.asked, captions.due().exists()) == ([], False)


def test_hears_film_whose_subtitles_are_in_another_language(engine: Engine) -> None:
    build = make_spoken("deu")
    Subtitle.objects.create(video_id=build.video_id, language="eng", text="WEBVTT\n")

    caption(build)

    assert engine.asked == [("de", 4)]


def test_does_not_bring_removed_draft_back(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcription, "PIECE_SECONDS", 6)
    build = make_spoken()
    caption(build)
    Subtitle.objects.all().delete()

    caption(build)

    assert (Subtitle.objects.count(), captions.due().exists()) == (0, False)


def test_keeps_no_empty_draft(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcription, "transcribe", lambda *_, **__: Transcript("en", ()))

    caption(make_spoken())

    assert not Subtitle.objects.exists()


def test_failure_is_only_a_note(engine: Engine, settings: Any) -> None:
    engine.error = EncodeError("exit status 1: out of memory")
    build = make_spoken()

    assert [caption(build) for _ in range(4)] == [True, True, True, False]

    assert told() == ["Automatic captions could not be made: see the worker's log."]
    assert (Video.objects.get().state, Video.objects.get().is_published) == ("completed", True)


def test_does_not_try_again_what_the_model_cannot(engine: Engine) -> None:
    engine.error = PipelineError("It knows English only.")
    build = make_spoken()

    assert [caption(build), caption(build)] == [True, False]
    assert told() == ["Automatic captions could not be made: It knows English only."]


def test_adds_nothing_when_lease_was_lost(engine: Engine) -> None:
    build = make_spoken()
    lease = hold(captions.KIND, pk=build.pk)
    engine.error = LeaseLostError()

    work_under(lease, captions.KIND)

    assert not Subtitle.objects.exists()


def test_goes_on_with_the_next_film(
    engine: Engine, django_capture_on_commit_callbacks: Any
) -> None:
    older, newer = make_spoken(), make_spoken()

    with django_capture_on_commit_callbacks(execute=True):
        caption(newer)

    assert jobs("transcode") == [f"caption_film-{older.pk}"]


class TestFilmPage:
    @pytest.fixture
    def staff(self, client: Client) -> Client:
        client.force_login(make_user("staff", is_staff=True, is_superuser=True))
        return client

    def save(self, staff: Client, row: Subtitle, **changes: Any) -> Any:
        """The film's form as its page has it, with changes of the captions."""
        url = f"/admin/video_app/video/{row.video_id}/change/"
        fields = {
            "title": "Film",
            "category": "other",
            "audience": "everybody",
            "is_published": "on",
        }
        for prefix, total in (("added_subtitles", 0), ("captions", 1), ("chapters", 0)):
            fields |= {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": total}
        own = {"id": row.pk, "video": row.video_id, "language": row.language, "text": row.text}
        given = {"label": row.label, "offset": 0, "is_draft": "on"} | own | changes
        one = {f"captions-0-{n}": value for n, value in given.items() if value is not None}
        return staff.post(url, fields | one)

    @pytest.fixture
    def row(self, engine: Engine) -> Subtitle:
        caption(make_spoken())
        return Subtitle.objects.get()

    def test_approves(self, staff: Client, row: Subtitle) -> None:
        answer = self.save(staff, row, is_draft=None)

        assert answer.status_code == 302, answer.content.decode()
        row.refresh_from_db()
        assert not row.is_draft
        viewer = signed_in(make_user())
        master = viewer.get(f"/api/video/{row.video_id}/master.m3u8").content.decode()
        assert 'NAME="English (automatic)"' in master

    def test_corrects_text(self, staff: Client, row: Subtitle) -> None:
        self.save(staff, row, text=row.text.replace("Sentence 1", "What was said"))

        row.refresh_from_db()
        assert "What was said" in row.text
        assert row.is_draft

    def test_refuses_what_is_no_text(self, staff: Client, row: Subtitle) -> None:
        answer = self.save(staff, row, text="no cues")

        assert "not a subtitle file" in answer.content.decode()

    def test_removes(self, staff: Client, row: Subtitle) -> None:
        self.save(staff, row, DELETE="on")

        assert not Subtitle.objects.exists()
