"""Publishing chunks: what each shows, and what a late one must not."""

import time
from pathlib import Path

import pytest

from video_app.models import Build, Chunk, ChunkState, Video
from video_app.store.local import LocalStore
from video_app.tests.concurrency import Meanwhile, raising
from video_app.tests.conftest import Encoder
from video_app.tests.films import (
    ago,
    finish_chunk,
    hold_chunk,
    jobs,
    make_encoding,
    make_film,
    make_next_build,
    make_plan,
    replace_source,
    run,
)
from video_app.work import encoding
from video_app.work.lease import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


def encode(build: Build, index: int = 0) -> bool:
    return run(encoding.KIND, build=build, index=index)


def segments(media: Path) -> list[str]:
    return [path.read_text() for path in sorted(media.glob("hls/*/*/360p/*.ts"))]


class TestPublish:
    def test_shows_film_with_its_first_chunk(self):
        build = make_encoding()

        assert finish_chunk(build, 0)
        assert Video.objects.get().current_build == build

    def test_does_not_show_film_with_a_later_chunk_alone(self):
        build = make_encoding()

        assert finish_chunk(build, 1)
        assert Video.objects.get().current_build is None

    def test_hides_chunks_of_new_build_behind_the_old_one(self):
        video = make_film()
        build = make_next_build(video, make_plan(segments=2, chunk=1))

        assert finish_chunk(build, 0)
        assert Video.objects.get().current_build == video.current_build

    def test_does_not_claim_done_chunk(self):
        build = make_encoding()
        finish_chunk(build, 0)

        assert claim(encoding.due().filter(build=build, index=0)) is None

    def test_does_not_publish_chunk_of_lost_lease(self, encoder: Encoder, media: Path):
        build = make_encoding(1)

        def lose() -> None:
            Chunk.objects.update(lease_token=None, lease_until=None)
            hold_chunk(build, 0)

        encoder.then = lose
        encode(build)

        assert segments(media) == []
        assert build.chunks.get().state == ChunkState.DUE
        assert build.chunks.get().lease_token

    def test_does_not_publish_chunk_of_replaced_source(self, tmp_path: Path, media: Path):
        build = make_encoding()
        lease = hold_chunk(build, 0)
        replace_source(build.video)

        assert not lease.renew()
        assert not encoding.publish(lease, {}, tmp_path)
        assert segments(media) == []

    def test_leaves_chunk_due_when_its_files_cannot_be_moved(
        self, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
    ):
        build = make_encoding(1)
        monkeypatch.setattr(LocalStore, "put", raising(OSError(28, "No space left on device")))

        encode(build)

        assert build.chunks.get().state == ChunkState.DUE

    def test_is_not_taken_over_while_it_publishes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        build, others = make_encoding(), []
        lease = hold_chunk(build, 0)
        build.chunks.update(lease_until=ago(1))
        claim_it = lambda: claim(encoding.due().filter(build=build, index=0))  # noqa: E731

        monkeypatch.setattr(LocalStore, "put", lambda *_: others.append(Meanwhile(claim_it)))
        monkeypatch.setattr("video_app.store.local.sync", lambda paths: None)

        assert encoding.publish(lease, {}, tmp_path)
        assert others[0].result is None
        assert build.chunks.get(index=0).state == ChunkState.DONE

    def test_asks_once_for_the_finish_when_two_last_chunks_end_together(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        build, others = make_encoding(), []
        first, second = hold_chunk(build, 0), hold_chunk(build, 1)
        show = encoding._show
        # Each has looked for due chunks before the other commits, unless one waits.
        monkeypatch.setattr(encoding, "_show", lambda found: (show(found), time.sleep(0.6)))
        publish_second = lambda: encoding.publish(second, {}, None)  # noqa: E731
        monkeypatch.setattr(LocalStore, "put", lambda *_: others.append(Meanwhile(publish_second)))
        monkeypatch.setattr("video_app.store.local.sync", lambda paths: None)

        assert encoding.publish(first, {}, tmp_path)
        assert others[0].result
        assert jobs().count(f"finish_build-{build.pk}") == 1

    def test_publishes_while_its_video_is_being_deleted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        build, others = make_encoding(), []
        lease = hold_chunk(build, 0)
        delete = lambda: Video.objects.get().delete()  # noqa: E731
        monkeypatch.setattr(LocalStore, "put", lambda *_: others.append(Meanwhile(delete)))
        monkeypatch.setattr("video_app.store.local.sync", lambda paths: None)

        assert encoding.publish(lease, {}, tmp_path)
        assert others[0].result[0] > 0
        assert not Chunk.objects.exists()
