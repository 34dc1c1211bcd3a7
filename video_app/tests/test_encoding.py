"""Encoding chunks: once, under limits, and again when it failed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from rq.timeouts import JobTimeoutException

from video_app.models import Build, BuildState, ChunkState, State, Video
from video_app.pipeline.errors import EncodeError, PipelineError, StorageFullError
from video_app.pipeline.layers import Layer
from video_app.streaming import damage, watching
from video_app.tests.concurrency import raising
from video_app.tests.conftest import Encoder
from video_app.tests.films import (
    end_pauses,
    hold_chunk,
    jobs,
    make_build,
    make_encoding,
    make_film,
    make_next_build,
    make_plan,
    make_video,
    replace_source,
    run,
    work_under,
)
from video_app.work import effort, encoding, finishing, machine, planning

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


def encode(build: Build, index: int = 0) -> bool:
    return run(encoding.KIND, build=build, index=index)


def segments(media: Path) -> list[str]:
    return [path.read_text() for path in sorted(media.glob("hls/*/*/360p/*.ts"))]


def work_folders(media: Path) -> list[Path]:
    return list(media.glob("hls/*/*/.lease-*"))


class TestRun:
    def test_encodes_chunk_once(self, encoder: Encoder, media: Path):
        build = make_encoding(1)

        assert encode(build)
        assert not encode(build)
        assert encoder.runs == 1
        assert segments(media) == ["run 1"]

    def test_does_not_encode_chunk_that_is_being_encoded(self, encoder: Encoder):
        build, others = make_encoding(1), []
        encoder.then = lambda: others.append(encode(build))

        encode(build)

        assert others == [False]
        assert encoder.runs == 1
        assert build.chunks.get().attempts == 1

    def test_leaves_no_work_folder(self, encoder: Encoder, media: Path):
        encode(make_encoding(1))

        assert work_folders(media) == []

    def test_leaves_no_trace_of_chunk_of_replaced_source(self, encoder: Encoder, media: Path):
        build = make_encoding(1)
        encoder.then = lambda: planning.request_again(build.video_id)

        encode(build)

        assert segments(media) == []
        assert work_folders(media) == []
        found = build.chunks.get()
        assert (found.state, found.attempts, found.error) == (ChunkState.DUE, 0, "")

    def test_leaves_no_trace_of_chunk_of_deleted_video(self, encoder: Encoder, media: Path):
        build = make_encoding(1)
        encoder.then = lambda: Video.objects.get().delete()

        encode(build)

        assert segments(media) == []
        assert work_folders(media) == []

    def test_bears_video_deleted_between_claim_and_work(self, encoder: Encoder):
        lease = hold_chunk(make_encoding(1), 0)
        Video.objects.all().delete()

        work_under(lease, encoding.KIND)

        assert encoder.runs == 0

    def test_takes_all_cores_for_first_and_last_chunk(self, encoder: Encoder, monkeypatch: Any):
        monkeypatch.setattr("os.cpu_count", lambda: 4)
        build, threads = make_encoding(3), []

        for index in range(3):
            encode(build, index)
            threads.append(encoder.options["threads"])

        assert threads == [4, 1, 4]

    def test_takes_as_many_threads_as_are_configured(self, encoder: Encoder, settings: Any):
        settings.FFMPEG_THREADS = 3

        encode(make_encoding(2), 1)

        assert encoder.options["threads"] == 3

    def test_lets_first_chunks_go_before_others(self, encoder: Encoder):
        build, niceness = make_encoding(2), []

        for index in range(2):
            encode(build, index)
            niceness.append(encoder.options["niceness"])

        assert niceness[0] < niceness[1]


class TestFailure:
    def test_enqueues_failed_chunk_again_at_once(self, encoder: Encoder, media: Path):
        build = make_encoding(1)
        encoder.then = raising(EncodeError("exit status 137"))

        encode(build)

        assert jobs() == [f"encode_chunk-{build.pk}-0"]
        assert work_folders(media) == []
        assert build.chunks.get().error == "exit status 137"
        assert hold_chunk(build, 0)

    def test_fails_film_whose_chunk_always_fails(self, encoder: Encoder, settings: Any):
        build = make_encoding()
        encoder.then = raising(EncodeError("exit status 1"))

        for _ in range(settings.MAX_ATTEMPTS):
            assert encode(build)

        video = Video.objects.get()
        assert (video.state, video.error) == (State.FAILED, encoding.GAVE_UP)
        assert Build.objects.get().state == BuildState.FAILED

    def test_fails_film_with_damaged_source_at_once(self, encoder: Encoder):
        build = make_encoding()
        encoder.then = raising(PipelineError("The file is damaged."))

        encode(build)

        video = Video.objects.get()
        assert (video.state, video.error) == (State.FAILED, "The file is damaged.")

    @pytest.mark.parametrize("error", [StorageFullError("full"), OSError(28, "No space left")])
    def test_waits_for_room_on_full_disk(self, encoder: Encoder, settings: Any, error: Exception):
        build = make_encoding(1)
        encoder.then = raising(error)

        for _ in range(settings.MAX_ATTEMPTS + 1):
            end_pauses()
            assert encode(build)

        assert jobs() == []
        assert build.chunks.get().setback == machine.NO_ROOM
        assert (Video.objects.get().state, build.chunks.get().attempts) == (State.PROCESSING, 0)
        assert build.chunks.get().setbacks == settings.MAX_ATTEMPTS + 1
        end_pauses()
        encoder.then = lambda: None
        assert encode(build)
        assert build.chunks.get().state == ChunkState.DONE

    @pytest.mark.parametrize(
        "error",
        [JobTimeoutException("too long"), SystemExit("stopped"), OperationalError("gone away")],
    )
    def test_passes_interruption_on_and_gives_lease_back(
        self, encoder: Encoder, media: Path, error: BaseException
    ):
        build = make_encoding(1)
        encoder.then = raising(error)

        with pytest.raises(type(error)):
            encode(build)

        assert build.chunks.get().lease_token is None
        assert build.chunks.get().state == ChunkState.DUE
        assert work_folders(media) == []

    def test_withdraws_failed_half_film(self):
        build = make_encoding(done=1)

        encoding.fail(build.pk, "Because.")

        assert Video.objects.get().current_build is None

    def test_withdraws_failed_half_film_of_replaced_source(self):
        build = make_encoding(done=1)
        replace_source(build.video)

        encoding.fail(build.pk, "Because.")

        video = Video.objects.get()
        assert (video.current_build, video.state, video.error) == (None, State.PENDING, "")

    def test_shows_older_whole_film_when_the_new_one_fails(self):
        video = make_film()
        build = make_next_build(video, make_plan())

        encoding.fail(build.pk, "Because.")

        shown = Video.objects.get()
        assert (shown.current_build, shown.state) == (video.current_build, State.FAILED)

    def test_does_not_fail_build_that_is_complete(self):
        film = make_film()

        encoding.fail(film.current_build.pk, "Because.")

        assert Video.objects.get().state == State.COMPLETED


class TestRequest:
    def test_enqueues_first_chunk_of_new_film_before_the_rest_of_older_ones(self):
        plan = make_plan(segments=9, chunk=1)
        builds = [make_build(make_video(duration=7200.0), plan, done=0) for _ in range(2)]

        for build in builds:
            encoding.request(build.chunks.all())

        names = ["encode_chunk", "encode_ahead", "encode_ahead"]
        beginnings = [f"{names[n]}-{build.pk}-{n}" for build in builds for n in range(3)]
        assert jobs("urgent") == beginnings
        rest = [f"encode_chunk-{build.pk}-{index}" for build in builds for index in range(3, 9)]
        assert jobs("transcode") == rest

    @pytest.mark.parametrize("body", [encoding.run, encoding.run_ahead])
    def test_enqueues_the_rest_with_the_first_chunk(self, encoder: Encoder, body: Any):
        build = make_encoding(5, duration=7200.0)

        work_under(hold_chunk(build, 0), encoding.KIND, body)

        ahead = [job for job in jobs("urgent") if job.startswith("encode")]
        assert ahead == [f"encode_ahead-{build.pk}-{index}" for index in (1, 2)]
        rest = [f"encode_chunk-{build.pk}-{index}" for index in (3, 4)]
        assert [job for job in jobs("transcode") if job.startswith("encode_chunk")] == rest

    def test_enqueues_upper_layer_where_long_work_is_done(self, encoder: Encoder):
        build = make_encoding(2)

        work_under(hold_chunk(build, 0), encoding.KIND, encoding.run_ahead)

        assert f"encode_ahead-{build.pk}-1" in jobs("urgent")
        assert jobs("transcode") == [f"encode_rest-{build.pk}-0"]


class TestLayers:
    def test_shows_film_as_soon_as_its_low_layer_begins(self, encoder: Encoder, media: Path):
        build = make_encoding(2)

        work_under(hold_chunk(build, 0), encoding.KIND, encoding.run_ahead)

        assert Video.objects.get().current_build == build
        assert build.ready_segments() == {"360p": 1, "720p": 0}
        assert sorted(path.parent.name for path in media.glob("hls/*/*/*/000.ts")) == ["360p"]
        chunk = build.chunks.get(index=0)
        assert (chunk.state, chunk.has_low, chunk.attempts) == (ChunkState.DUE, True, 0)

    @pytest.mark.parametrize("body", [encoding.run, encoding.run_ahead])
    def test_encodes_only_what_is_missing(self, encoder: Encoder, media: Path, body: Any):
        build = make_encoding(1)
        work_under(hold_chunk(build, 0), encoding.KIND, encoding.run_ahead)

        work_under(hold_chunk(build, 0), encoding.KIND, body)

        texts = {path.parent.name: path.read_text() for path in media.glob("hls/*/*/*/000.ts")}
        assert texts == {"360p": "run 1", "720p": "run 2"}
        assert build.chunks.get().state == ChunkState.DONE
        assert build.ready_segments() == {"360p": 1, "720p": 1}

    def test_joins_reports_of_layers(self, encoder: Encoder):
        build = make_encoding(1)

        for report, layer in (({"360p": [1]}, Layer.LOW), ({"720p": [2]}, Layer.HIGH)):
            assert encoding.publish(hold_chunk(build, 0), report, None, layer=layer)

        assert build.chunks.get().report == {"360p": [1], "720p": [2]}

    def test_encodes_film_of_few_rungs_in_one_pass(self, encoder: Encoder):
        plan = make_plan(segments=1, rungs=("120p", "360p"), chunk=1)
        build = make_build(make_video(planned_revision=1), plan, done=0)

        work_under(hold_chunk(build, 0), encoding.KIND, encoding.run_ahead)

        assert build.chunks.get().state == ChunkState.DONE

    def test_does_not_finish_film_without_its_upper_layer(self, encoder: Encoder):
        build = make_encoding(1)

        work_under(hold_chunk(build, 0), encoding.KIND, encoding.run_ahead)

        assert not finishing.due().exists()

    def test_publishes_no_upper_layer_over_a_lost_low_one(self, encoder: Encoder):
        build = make_encoding(1)
        work_under(hold_chunk(build, 0), encoding.KIND, encoding.run_ahead)
        encoder.then = lambda: damage.request_again(build, 0)

        work_under(hold_chunk(build, 0), encoding.KIND)

        chunk = build.chunks.get()
        assert (chunk.state, chunk.has_low, chunk.attempts) == (ChunkState.DUE, False, 0)
        assert build.ready_segments() == {"360p": 1, "720p": 0}

    def test_reports_progress_of_layers_as_shares(self, encoder: Encoder, settings: Any):
        settings.LEASE_SECONDS = 0  # so that each second is noted
        build = make_encoding(1)

        work_under(hold_chunk(build, 0), encoding.KIND, encoding.run_ahead)
        low = build.chunks.get().seconds_done
        work_under(hold_chunk(build, 0), encoding.KIND)

        assert 0 < low < 1 < build.chunks.get().seconds_done

    def test_gives_first_missing_low_chunk_the_machine(self, encoder: Encoder):
        build = make_encoding(6)
        watching.note(build.video_id)

        niceness = self.niceness_of(encoder, build, (0, 2, 3, 5, 1))

        assert niceness[1] < niceness[0] == effort.FIRST_NICENESS
        assert niceness[1] < niceness[2] < niceness[3] < niceness[5] < effort.NICENESS

    def test_gives_what_is_watched_more_of_the_machine(self, encoder: Encoder):
        watched, other = make_encoding(6), make_encoding(3)
        watching.note(watched.video_id)

        ours = self.niceness_of(encoder, watched, (0, 1))
        others = self.niceness_of(encoder, other, (0, 1, 2))

        assert ours[1] < others[0] < others[1] < others[2] < effort.NICENESS

    def niceness_of(self, encoder: Encoder, build: Build, chunks: Iterable[int]) -> dict[int, int]:
        found = {}
        for index in chunks:
            work_under(hold_chunk(build, index), encoding.KIND, encoding.run_ahead)
            found[index] = encoder.options["niceness"]
        return found
