"""The jobs in Redis: any number of times, for rows that are gone, and of allowed names only."""

import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.module_loading import import_string

from video_app import tasks
from video_app.models import Build, Import, State, Video
from video_app.tests.concurrency import raising
from video_app.tests.conftest import Encoder
from video_app.tests.films import jobs, make_encoding, make_film, make_video, run
from video_app.work import encoding, extras, finishing, order, planning, posters, queue
from video_app.work.kind import Kind

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
JOBS = [
    ("plan_video", (404, 1)),
    ("encode_chunk", (404, 0)),
    ("encode_ahead", (404, 1)),
    ("encode_rest", (404, 0)),
    ("finish_build", (404,)),
    ("make_extras", (404,)),
    ("make_poster", (404, 1)),
    ("repair_chunk", (404, 0)),
    ("verify_build", (404,)),
    ("fetch_import", (404,)),
    ("caption_film", (404,)),
    ("deliver_webhook", (404,)),
]


@pytest.mark.parametrize(("task", "arguments"), JOBS)
def test_does_nothing_for_row_that_is_gone(task: str, arguments: Any) -> None:
    getattr(tasks, task)(*arguments)


def test_allows_each_job_of_this_module_and_no_other(settings: Any) -> None:
    ours = {
        f"{tasks.__name__}.{name}"
        for name, function in inspect.getmembers(tasks, inspect.isfunction)
        if function.__module__ == tasks.__name__ and not name.startswith("_")
    }
    assert ours == {f"{tasks.__name__}.{name}" for name, _ in JOBS}
    assert ours == {name for name in settings.JOB_FUNCTIONS if name.startswith(tasks.__name__)}


def test_allows_only_jobs_that_exist(settings: Any) -> None:
    assert all(callable(import_string(name)) for name in settings.JOB_FUNCTIONS)


@pytest.mark.parametrize("kind", order.KINDS, ids=lambda kind: kind.name)
def test_enqueues_only_allowed_jobs(
    kind: Kind, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueued: list[queue.Call] = []
    monkeypatch.setattr(queue, "enqueue", lambda lane, *calls: enqueued.extend(calls))
    make_film(planned_revision=1)
    about = {"origin": "url", "location": "https://films.example/a.mp4", "key": "sources/x.mp4"}
    Import.objects.create(video=make_video(), filename="a.mp4", **about)
    make_encoding()
    kind.request(kind.due().model.objects.all())
    assert enqueued
    assert {f"video_app.tasks.{call.task}" for call in enqueued} <= settings.JOB_FUNCTIONS


def test_does_the_most_important_work_whatever_the_job_says(
    encoder: Encoder, prober: list[Any]
) -> None:
    make_encoding(1)
    video = make_video("New")
    tasks.finish_build(404)
    video.refresh_from_db()
    assert video.state == State.PROCESSING
    assert encoder.runs == 0


@pytest.mark.parametrize(("lane", "left"), [("transcode", ["encode_rest-7-1"]), ("urgent", [])])
def test_wakes_another_for_what_waits_behind_urgent_work(
    prober: list[Any], monkeypatch: pytest.MonkeyPatch, lane: str, left: list[str]
) -> None:
    """Else it would wait for the sweeper, with the machine idle."""
    make_video("New")
    job = SimpleNamespace(origin=lane, func_name="video_app.tasks.encode_rest", args=(7, 1))
    monkeypatch.setattr(tasks, "get_current_job", lambda: job)

    tasks.encode_rest(7, 1)

    assert [name for name in jobs("transcode") if name.startswith("encode_rest")] == left


def test_runs_jobs_any_number_of_times(encoder: Encoder, prober: list[Any]) -> None:
    video = make_video()
    while order.run_next():
        pass
    before = Video.objects.values().get(), Build.objects.values().get()
    for task, arguments in JOBS:
        getattr(tasks, task)(*arguments)
    assert (Video.objects.values().get(), Build.objects.values().get()) == before
    video.refresh_from_db()
    assert video.state == State.COMPLETED


def test_stops_any_number_of_times_without_counting_an_attempt(
    encoder: Encoder, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each deploy interrupts what runs; that is no fault of the film."""
    make_video()
    shown, _, finished = make_encoding(done=1), make_encoding(), make_encoding(1, done=1)
    complete = make_film(planned_revision=1)
    stop = raising(SystemExit("stopped"))
    monkeypatch.setattr(planning, "_plan", stop)
    monkeypatch.setattr(encoding, "encode", stop)
    monkeypatch.setattr(finishing, "_make_subtitles", stop)
    monkeypatch.setattr(extras, "make", stop)
    monkeypatch.setattr(posters, "_make", stop)
    works: list[Callable[[], Any]] = [
        lambda: run(planning.KIND, planned_revision=0),
        lambda: run(encoding.KIND, index=0),
        lambda: run(encoding.KIND, build=shown, index=1),
        lambda: run(finishing.KIND, pk=finished.pk),
        lambda: run(extras.KIND, pk=complete.current_build.pk),
        lambda: run(posters.KIND, pk=complete.pk),
    ]
    for _ in range(settings.MAX_ATTEMPTS + 1):
        for work in works:
            with pytest.raises(SystemExit):
                work()
    assert jobs() == []
