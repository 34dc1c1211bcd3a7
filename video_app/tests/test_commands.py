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

from video_app.models import State, Video
from video_app.pipeline.errors import EncodeError, PipelineError
from video_app.store import identity
from video_app.tests.conftest import Encoder
from video_app.tests.films import make_build, make_film, make_plan, make_video, write
from video_app.work import cleanup, planning

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def make_half_done(title: str = "Half") -> Video:
    video = make_video(title, planned_revision=1, state=State.PROCESSING, duration=24.0)
    make_build(video, make_plan(segments=4, chunk=2), done=1)
    return video


# --- list_videos ----------------------------------------------------------------------


def test_lists_videos_in_a_table() -> None:
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


def test_says_that_there_are_no_videos() -> None:
    assert run("list_videos") == "There are no videos.\n"


def test_lists_videos_of_one_state() -> None:
    make_film("Ready")
    make_video("Bad", state=State.FAILED)
    assert "Ready" not in run("list_videos", "--state", "failed")


def test_lists_videos_as_json() -> None:
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


def test_shows_control_characters_of_titles_as_marks() -> None:
    make_video("Red \x1b[31malert\nnew line")
    assert "Red ?[31malert?new line" in run("list_videos")


def test_lists_many_films_in_as_many_queries_as_one() -> None:
    make_half_done()
    with CaptureQueriesContext(connection) as one:
        run("list_videos")
    for _ in range(4):
        make_half_done()
    with CaptureQueriesContext(connection) as five:
        run("list_videos")
    assert len(five) == len(one) <= 3


# --- process_video --------------------------------------------------------------------


def test_hands_video_to_the_workers() -> None:
    video = make_film(planned_revision=1)
    assert "by the workers" in run("process_video", str(video.pk))
    assert django_rq.get_queue("urgent").job_ids == [f"plan_video-{video.pk}-2"]


def test_does_not_process_unknown_video() -> None:
    with pytest.raises(CommandError, match="no video 404"):
        run("process_video", "404")


@pytest.fixture
def quick(encoder: Encoder, prober: list[Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Everything but the work itself; what planning leads to."""
    monkeypatch.setattr("video_app.management.commands.process_video.PAUSE_SECONDS", 0)
    return prober


@pytest.mark.usefixtures("quick")
def test_processes_video_here_and_now() -> None:
    video = make_film(planned_revision=1)
    assert "is ready" in run("process_video", str(video.pk), "--sync")
    assert Video.objects.get().current_build != video.current_build


@pytest.mark.usefixtures("quick")
def test_waits_for_what_another_worker_does(encoder: Encoder) -> None:
    """Which holds the first chunk for a while, and fails."""
    video = make_film(planned_revision=1)

    def fail_once() -> None:
        if encoder.runs == 1:
            raise EncodeError("killed")

    encoder.then = fail_once
    assert "is ready" in run("process_video", str(video.pk), "--sync")
    assert encoder.runs == 3


@pytest.mark.usefixtures("quick")
def test_waits_for_storage_that_is_away(encoder: Encoder) -> None:
    video = make_film(planned_revision=1)

    def fail_once() -> None:
        if encoder.runs == 1:
            raise OSError(5, "I/O error")

    encoder.then = fail_once
    assert "is ready" in run("process_video", str(video.pk), "--sync")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(PipelineError("No film."), "No film."), (EncodeError("killed"), planning.GAVE_UP)],
)
def test_says_why_processing_failed(quick: list[Any], error: Exception, reason: str) -> None:
    video = make_film(planned_revision=1)
    quick[0] = error
    with pytest.raises(CommandError, match=reason):
        run("process_video", str(video.pk), "--sync")


def test_says_what_becomes_of_video_as_json() -> None:
    video = make_video(planned_revision=1, state=State.COMPLETED)
    answer = json.loads(run("process_video", str(video.pk), "--json"))
    assert [(row["id"], row["state"]) for row in answer] == [(video.pk, "pending")]


# --- cleanup_failed, reconcile --------------------------------------------------------


def test_lists_failed_videos_and_keeps_them() -> None:
    make_video("Bad", state=State.FAILED, error="This is no film.")
    assert "Bad    This is no film." in run("cleanup_failed")
    assert json.loads(run("cleanup_failed", "--json"))[0]["error"] == "This is no film."
    assert Video.objects.exists()


def test_sends_no_escape_sequences_to_the_terminal() -> None:
    make_video("\x1b[31mRed", state=State.FAILED)
    assert "\x1b" not in run("cleanup_failed") + run("list_videos")


def test_removes_failed_videos_with_their_files(media: Path) -> None:
    video = make_video("Bad", state=State.FAILED)
    write(video.video_file.name, b"film")
    run("cleanup_failed", "--delete-files")
    assert not Video.objects.exists()
    assert not (media / video.video_file.name).exists()


def test_keeps_failed_video_whose_old_film_still_plays() -> None:
    video = make_film()
    Video.objects.update(state=State.FAILED)
    run("cleanup_failed", "--delete-files")
    assert Video.objects.get() == video


def test_keeps_other_videos() -> None:
    make_half_done()
    make_video()
    run("cleanup_failed", "--delete-files")
    assert Video.objects.count() == 2


def test_reconciles_and_says_what_it_did() -> None:
    make_video()
    assert run("reconcile") == "1 plans\n"
    assert run("reconcile") == "nothing to do\n"


def test_only_looks_in_a_dry_run() -> None:
    make_video()
    assert json.loads(run("reconcile", "--dry-run", "--json"))["plans"] == 1
    assert django_rq.get_queue("transcode").job_ids == []


def test_counts_everything_as_json() -> None:
    counts = json.loads(run("reconcile", "--json"))
    names = {"plans", "chunks", "finishes", "posters", "extras"}
    names |= {"repairs", "verifications", "captions", "measured"}
    assert set(counts) == names | {"given_up", "dated", "indexed", "imports", "folders", "files"}
    assert not any(counts.values())


def test_says_why_nothing_was_cleaned_up(media: Path) -> None:
    (media / identity.MARK).unlink()
    said = StringIO()
    call_command("reconcile", stdout=StringIO(), stderr=said)
    assert identity.AWAY in said.getvalue()


def test_moves_many_orphans_away_when_told_to(media: Path) -> None:
    for number in range(cleanup.MAX_ORPHANS + 1):
        write(f"hls/{900 + number}/1/720p/000.ts", b"G")
    assert run("reconcile") == "nothing to do\n"
    assert run("reconcile", "--remove-orphans") == f"{cleanup.MAX_ORPHANS + 1} folders\n"
    assert not list(media.glob("hls/*"))


# --- rqworker -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "served"),
    [
        (("default",), ("default", "short", "urgent", "transcode")),
        ((), ("default", "short", "urgent", "transcode")),
        (("short",), ("short",)),
    ],
)
def test_serves_all_queues_for_default(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], served: tuple[str, ...]
) -> None:
    seen: list[Any] = []
    base = "django_rq.management.commands.rqworker.Command.handle"
    monkeypatch.setattr(base, lambda self, *queues, **options: seen.append((queues, options)))
    call_command("rqworker", *given)
    queues, options = seen[0]
    assert queues == served
    assert options["serializer"] == "rq.serializers.JSONSerializer"
