"""The one order of work: what is done next, whichever job has woken a worker."""

from typing import Any

import pytest
from django_rq import get_queue

from video_app.models import Build, Chunk, State, Video
from video_app.streaming import watching
from video_app.tests.films import (
    hold,
    hold_chunk,
    jobs,
    make_build,
    make_encoding,
    make_film,
    make_plan,
    make_video,
)
from video_app.work import (
    encoding,
    extras,
    finishing,
    machine,
    order,
    planning,
    posters,
    repairing,
    verifying,
    workers,
)
from video_app.work.lease import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
KINDS = (*(planning, encoding, repairing, finishing, extras, posters, verifying),)


@pytest.fixture(autouse=True)
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was done, in its order. The work itself keeps its lease; chunks end it."""
    found: list[Any] = []

    def work_on(wanted: Any, body: Any, on_failure: Any) -> bool:
        lease = claim(wanted)
        if lease:
            is_ahead = body is encoding.run_ahead and not Chunk.objects.get(pk=lease.pk).has_low
            found.append(("low chunks" if is_ahead else names[on_failure], lease.pk))
            if lease.model is Chunk and on_failure is encoding.failed:
                lease.release(**({"has_low": True} if is_ahead else {"state": "done"}))
        return lease is not None

    names = {kind.failed: kind.name for kind in order.KINDS}
    monkeypatch.setattr(order, "work_on", work_on)
    return found


def do_all(lane: str = "") -> None:
    while order.run_next(lane):
        pass


def chunk_ids(*builds: Build) -> list[int]:
    return list(
        Chunk.objects.filter(build__in=builds)
        .order_by("index", "build_id")
        .values_list("pk", flat=True)
    )


def test_does_everything_by_its_importance(done: list[Any]) -> None:
    bare = make_film("Without extras", planned_revision=2, source_revision=2)
    growing = make_encoding(2, done=1)
    watched = make_encoding(2, done=1)
    Video.objects.filter(pk=watched.video_id).update(poster=f"posters/{watched.video_id}-1.jpg")
    watching.note(watched.video_id)
    whole = make_build(make_video(planned_revision=1), make_plan(2, chunk=2), done=1)
    begun = make_encoding(1)
    new = make_video("New")
    do_all()
    finishes = [("finishes", build.pk) for build in (begun, growing, watched)]
    assert [piece for piece in done if piece not in finishes] == [
        ("plans", new.pk),
        ("low chunks", chunk_ids(begun)[0]),
        ("low chunks", chunk_ids(watched)[1]),
        ("finishes", whole.pk),
        ("low chunks", chunk_ids(growing)[1]),
        ("chunks", chunk_ids(watched)[1]),
        ("posters", growing.video_id),
        ("chunks", chunk_ids(begun)[0]),
        ("chunks", chunk_ids(growing)[1]),
        ("extras", bare.current_build.pk),
    ]


def test_makes_every_film_watchable_before_any_goes_on(done: list[Any]) -> None:
    builds = [make_encoding(3, duration=7200.0) for _ in range(3)]
    do_all()
    ids = chunk_ids(*builds)
    assert [piece for piece in done if piece[0] != "finishes"] == [
        *(("low chunks", pk) for pk in ids),
        *(("chunks", pk) for pk in ids),
    ]


@pytest.mark.parametrize(("seconds", "chunks"), [(30.0, 2), (89.9, 2), (90.0, 3), (7200.0, 3)])
def test_encodes_low_layer_ahead_at_beginnings_only(
    done: list[Any], seconds: float, chunks: int
) -> None:
    build = make_encoding(5, duration=seconds)
    do_all()
    ids = chunk_ids(build)
    assert [pk for name, pk in done if name == "low chunks"] == ids[:chunks]
    assert [pk for name, pk in done if name == "chunks"] == ids


@pytest.mark.parametrize("seconds", [30.0, 7200.0])
def test_wakes_workers_for_a_chunk_in_the_lane_that_does_it(
    done: list[Any], seconds: float
) -> None:
    build = make_encoding(5, duration=seconds)
    encoding.request(encoding.due())
    woken = {int(job.rpartition("-")[2]) for job in jobs("urgent")}
    do_all("urgent")
    ids = chunk_ids(build)
    assert {ids.index(pk) for name, pk in done if name == "low chunks"} == woken


def test_keeps_low_layer_two_chunks_ahead_of_furthest_viewer(done: list[Any]) -> None:
    build = make_encoding(9, done=1)
    watching.note(build.video_id, 3)
    do_all("urgent")
    ids = chunk_ids(build)
    assert [pk for name, pk in done if name == "low chunks"] == ids[1:6]


def test_encodes_high_layer_of_watched_film_after_the_low_one_near_its_viewer(
    done: list[Any],
) -> None:
    build = make_encoding(9, done=1)
    watching.note(build.video_id, 3)
    do_all("transcode")
    ids = chunk_ids(build)
    assert done[:7] == [
        *(("low chunks", pk) for pk in ids[1:6]),
        *(("chunks", pk) for pk in ids[1:3]),
    ]


def test_leaves_machine_to_a_film_without_its_first_picture(done: list[Any]) -> None:
    build = make_encoding(5)
    hold_chunk(build, 0)
    do_all()
    assert done == []


def test_goes_on_with_films_in_turns(done: list[Any]) -> None:
    builds = [make_encoding(4, done=1) for _ in range(2)]
    Video.objects.update(planned_revision=0, state=State.FAILED)  # no posters here
    do_all()
    assert [pk for name, pk in done if name == "chunks"] == chunk_ids(*builds)[2:]


def test_goes_on_with_watched_film_first(done: list[Any]) -> None:
    other, watched = (
        make_encoding(3, done=1, duration=7200.0),
        make_encoding(3, done=1, duration=7200.0),
    )
    watching.note(watched.video_id)
    do_all("transcode")
    chunks = [pk for name, pk in done if name == "chunks"]
    assert chunks == [*chunk_ids(watched)[1:], *chunk_ids(other)[1:]]
    ahead = [pk for name, pk in done if name == "low chunks"]
    assert ahead == [*chunk_ids(watched)[1:], *chunk_ids(other)[1:]]


def test_takes_watched_films_in_turns(done: list[Any]) -> None:
    builds = [make_encoding(3, done=1) for _ in range(2)]
    for build in builds:
        watching.note(build.video_id)
    do_all()
    chunks = [pk for name, pk in done if name == "chunks"]
    assert chunks == [pk for pk in chunk_ids(*builds) if Chunk.objects.get(pk=pk).index]


def test_takes_oldest_upload_first(done: list[Any]) -> None:
    videos = [make_video() for _ in range(3)]
    do_all()
    assert done == [("plans", video.pk) for video in videos]


def test_does_one_piece_of_work_for_one_job(done: list[Any]) -> None:
    make_video()
    make_video()
    assert order.run_next()
    assert len(done) == 1


def test_says_when_there_is_no_work() -> None:
    make_film(planned_revision=1, source_revision=2, state=State.FAILED)
    Build.objects.update(extras_at="2026-01-01T00:00:00Z")
    assert not order.run_next()


@pytest.mark.parametrize(
    ("lane", "names"),
    [
        ("urgent", {"plans", "low chunks", "finishes", "posters"}),
        ("transcode", {"plans", "low chunks", "chunks", "finishes", "posters", "extras"}),
        ("", {"plans", "low chunks", "chunks", "finishes", "posters", "extras"}),
        ("default", {"plans", "low chunks", "chunks", "finishes", "posters", "extras"}),
    ],
)
def test_does_the_work_of_a_lane(done: list[Any], lane: str, names: set[str]) -> None:
    make_film(planned_revision=1)
    make_encoding(1)
    make_build(make_video(planned_revision=1), make_plan(2, chunk=2), done=1)
    make_video()
    do_all(lane)
    assert {name for name, _ in done} == names


def test_keeps_urgent_lane_free_of_later_chunks(done: list[Any]) -> None:
    build = make_encoding(5, duration=7200.0)
    do_all("urgent")
    assert done == [("low chunks", pk) for pk in chunk_ids(build)[: encoding.BEGINNING]]


def test_leaves_alone_what_others_hold(done: list[Any]) -> None:
    build = make_encoding(3, done=1, duration=7200.0)
    hold_chunk(build, 1)
    do_all("urgent")
    assert [pk for name, pk in done if name == "low chunks"] == [chunk_ids(build)[2]]


def test_takes_the_next_when_others_claim_first(
    done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were free when the list was read."""
    first, second = make_video(), make_video()
    candidates = order.Turn.candidates

    def outrun(turn: order.Turn) -> list[int]:
        found = candidates(turn)
        if first.pk in found:
            hold(planning.KIND, pk=first.pk)
        return found

    monkeypatch.setattr(order.Turn, "candidates", outrun)
    assert order.run_next("urgent")
    assert done == [("plans", second.pk)]


def test_leaves_alone_what_waits_after_a_fault(done: list[Any]) -> None:
    build = make_encoding(3, done=1, duration=7200.0)
    hold_chunk(build, 1).postpone("full")
    do_all("urgent")
    assert [pk for name, pk in done if name == "low chunks"] == [chunk_ids(build)[2]]


def test_reaches_work_behind_any_number_of_hopeless_posters(done: list[Any], settings: Any) -> None:
    """Posters are never given up: their rows stay due."""
    for _ in range(order.CANDIDATES + 1):
        make_film(planned_revision=1, attempts=settings.MAX_ATTEMPTS)
    video = make_film(planned_revision=1)
    order.run_next("urgent")
    assert done == [("posters", video.pk)]


def test_does_not_try_hopeless_work(done: list[Any], settings: Any) -> None:
    make_video(attempts=settings.MAX_ATTEMPTS)
    do_all()
    assert done == []


def test_begins_nothing_while_the_media_are_away(done: list[Any], media: Any) -> None:
    make_video()
    worker = workers.begin(["urgent"])
    media.rename(media.with_suffix(".unmounted"))
    assert not order.run_next()
    assert done == []
    assert workers.reported(worker) == machine.storage_problem() != ""
    assert Video.objects.get().attempts == 0


def test_names_a_queue_for_each_lane() -> None:
    assert {turn.lane for turn in order.ORDER} == set(order.LANES) == order.EVERY_LANE
    assert all(get_queue(lane) for lane in order.LANES)


def test_mends_films_before_others_go_on(done: list[Any]) -> None:
    film = make_film(planned_revision=1)
    lost = Chunk.objects.filter(build=film.current_build, index=1)
    lost.update(state="due", done_at="2026-01-01T00:00:00Z")
    Video.objects.update(poster=f"posters/{film.pk}-1.jpg")
    build = make_encoding(2, done=1)
    do_all()
    assert done[0] == ("repairs", lost.get().pk)
    assert ("chunks", chunk_ids(build)[1]) in done


def test_reads_films_for_damage_after_everything_else(done: list[Any]) -> None:
    film = make_film(planned_revision=2, source_revision=2)
    Build.objects.update(extras_at="2026-01-01T00:00:00Z", verified_at="2026-01-01T00:00:00Z")
    build = make_encoding(2, done=1)
    do_all()
    assert done[-3:] == [
        ("chunks", chunk_ids(build)[1]),
        ("finishes", build.pk),
        ("verifications", film.current_build.pk),
    ]
