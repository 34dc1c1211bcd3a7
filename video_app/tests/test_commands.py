"""The commands for the people who run the site."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import django_rq
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from video_app import services
from video_app.models import State, Video
from video_app.pipeline.errors import EncodeError, PipelineError
from video_app.tests.films import make_build, make_film, make_plan, make_video, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def make_half_done(title: str = "Half") -> Video:
    video = make_video(title, planned_revision=1, state=State.PROCESSING, duration=24.0)
    make_build(video, make_plan(segments=4, chunk=2), done=1)
    return video


# --- list_videos ----------------------------------------------------------------------


def test_the_list_is_a_table() -> None:
    make_film("Ready")
    make_half_done()
    make_video("Bad", state=State.FAILED, error="This is no film.")
    lines = run("list_videos").splitlines()
    assert lines[0].split() == ["id", "state", "percent", "seconds", "published", "title", "error"]
    assert [line.split()[1:3] for line in lines[1:]] == [
        ["failed", "0.0"],
        ["processing", "50.0"],
        ["completed", "100.0"],
    ]
    assert "This is no film." in lines[1]


def test_the_list_of_nothing_says_so() -> None:
    assert run("list_videos") == "There are no videos.\n"


def test_the_list_can_be_of_one_state() -> None:
    make_film("Ready")
    make_video("Bad", state=State.FAILED)
    assert "Ready" not in run("list_videos", "--state", "failed")


def test_the_list_can_be_json() -> None:
    video = make_half_done("Half \x1b[31mred")
    assert json.loads(run("list_videos", "--json")) == [
        {
            "id": video.pk,
            "state": "processing",
            "percent": 50.0,
            "seconds": 24.0,
            "published": True,
            "title": "Half \x1b[31mred",
            "error": "",
        }
    ]


def test_a_title_cannot_play_with_the_terminal() -> None:
    make_video("Red \x1b[31malert\nnew line")
    assert "Red ?[31malert?new line" in run("list_videos")


def test_the_list_takes_the_same_queries_for_many_films() -> None:
    make_half_done()
    with CaptureQueriesContext(connection) as one:
        run("list_videos")
    for _ in range(4):
        make_half_done()
    with CaptureQueriesContext(connection) as five:
        run("list_videos")
    assert len(five) == len(one) <= 3


# --- process_video --------------------------------------------------------------------


def test_a_video_is_handed_to_the_workers() -> None:
    video = make_film(planned_revision=1)
    assert "by the workers" in run("process_video", str(video.pk))
    assert django_rq.get_queue("urgent").job_ids == [f"plan_video-{video.pk}-2"]


def test_an_unknown_video_cannot_be_processed() -> None:
    with pytest.raises(CommandError, match="no video 404"):
        run("process_video", "404")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything but the encoding itself."""
    plan = make_plan(segments=2, chunk=1)
    monkeypatch.setattr("video_app.tasks._plan", lambda *_: plan)
    monkeypatch.setattr("video_app.tasks._encode", encode)
    monkeypatch.setattr("video_app.tasks._derive", lambda *_: services.Derived())
    monkeypatch.setattr("video_app.tasks.poster.make_poster", lambda *_, **__: None)
    monkeypatch.setattr("video_app.management.commands.process_video.PAUSE_SECONDS", 0)


def encode(build: Any, index: int, token: Any, work: Path) -> None:
    services.publish_chunk(build.pk, index, token, {}, lambda: None)


@pytest.mark.usefixtures("quick")
def test_a_video_can_be_processed_here_and_now() -> None:
    video = make_film(planned_revision=1)
    assert "is ready" in run("process_video", str(video.pk), "--sync")
    assert Video.objects.get().current_build != video.current_build


@pytest.mark.usefixtures("quick")
def test_processing_here_waits_for_what_a_worker_does(monkeypatch: pytest.MonkeyPatch) -> None:
    video = make_film(planned_revision=1)
    taken = []

    def encode_all_but_the_first(build: Any, index: int, token: Any, work: Path) -> None:
        """Another worker holds the first chunk for a while."""
        if index == 0 and not taken:
            taken.append(token)
            raise EncodeError("killed")
        encode(build, index, token, work)

    monkeypatch.setattr("video_app.tasks._encode", encode_all_but_the_first)
    assert "is ready" in run("process_video", str(video.pk), "--sync")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("error", "reason"), [(PipelineError("No film."), "No film."), (OSError(5), services.GAVE_UP)]
)
def test_processing_here_says_why_it_failed(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    video = make_film(planned_revision=1)

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr("video_app.tasks._plan", fail)
    with pytest.raises(CommandError, match=reason):
        run("process_video", str(video.pk), "--sync")


def test_a_program_can_read_what_becomes_of_it() -> None:
    video = make_video(planned_revision=1, state=State.COMPLETED)
    answer = json.loads(run("process_video", str(video.pk), "--json"))
    assert [(row["id"], row["state"]) for row in answer] == [(video.pk, "pending")]


# --- cleanup_failed, reconcile --------------------------------------------------------


def test_failed_videos_are_listed_and_kept() -> None:
    make_video("Bad", state=State.FAILED, error="This is no film.")
    assert "Bad    This is no film." in run("cleanup_failed")
    assert json.loads(run("cleanup_failed", "--json"))[0]["error"] == "This is no film."
    assert Video.objects.exists()


def test_a_title_does_not_speak_to_the_terminal() -> None:
    make_video("\x1b[31mRed", state=State.FAILED)
    assert "\x1b" not in run("cleanup_failed") + run("list_videos")


def test_failed_videos_are_removed_with_their_files(media: Path) -> None:
    video = make_video("Bad", state=State.FAILED)
    write(video.video_file.name, b"film")
    run("cleanup_failed", "--delete-files")
    assert not Video.objects.exists()
    assert not (media / video.video_file.name).exists()


def test_a_failed_video_whose_old_film_still_plays_is_kept() -> None:
    video = make_film()
    Video.objects.update(state=State.FAILED)
    run("cleanup_failed", "--delete-files")
    assert Video.objects.get() == video


def test_other_videos_are_not_cleaned_up() -> None:
    make_half_done()
    make_video()
    run("cleanup_failed", "--delete-files")
    assert Video.objects.count() == 2


def test_reconcile_says_what_it_did() -> None:
    make_video()
    assert run("reconcile") == "1 plans\n"
    assert run("reconcile") == "nothing to do\n"


def test_reconcile_can_only_look() -> None:
    make_video()
    assert json.loads(run("reconcile", "--dry-run", "--json"))["plans"] == 1
    assert django_rq.get_queue("transcode").job_ids == []


# --- rqworker -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "served"),
    [
        (("default",), ("default", "short", "urgent", "transcode", "store")),
        ((), ("default", "short", "urgent", "transcode", "store")),
        (("short",), ("short",)),
    ],
)
def test_default_stands_for_all_queues(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], served: tuple[str, ...]
) -> None:
    seen: list[Any] = []
    base = "django_rq.management.commands.rqworker.Command.handle"
    monkeypatch.setattr(base, lambda self, *queues, **options: seen.append((queues, options)))
    call_command("rqworker", *given)
    queues, options = seen[0]
    assert queues == served
    assert options["serializer"] == "rq.serializers.JSONSerializer"
