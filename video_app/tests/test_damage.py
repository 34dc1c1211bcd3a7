"""Segments that are missing or cut short: noticed, and their chunks encoded again."""

import uuid
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.models import Chunk, ChunkState, Video
from video_app.store import identity, local
from video_app.streaming import damage
from video_app.tests.films import make_build, make_film, make_plan, make_video, publish
from video_app.work import encoding

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path, db: None) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    assert not identity.problem()  # which marks them
    return settings.MEDIA_ROOT


@pytest.fixture
def film() -> Video:
    return make_film(segments=6)


@pytest.fixture
def growing() -> Video:
    video = make_video(state="processing")
    publish(make_build(video, make_plan(segments=6, chunk=2), done=2))
    Chunk.objects.filter(state=ChunkState.DONE).update(done_at=timezone.now())
    return video


@pytest.fixture(params=["", "nginx"])
def member(request: pytest.FixtureRequest, settings: Any) -> Client:
    settings.MEDIA_ACCEL = request.param
    return signed_in(make_user())


def lose(film: Video, segment: int, rung: str = "720p") -> None:
    local.path(f"{film.current_build.prefix}/{rung}/{segment:03d}.ts").unlink()


def due(film: Video) -> list[int]:
    chunks = film.current_build.chunks.filter(state=ChunkState.DUE).order_by("index")
    return list(chunks.values_list("index", flat=True))


def ask(client: Client, film: Video, name: str) -> Any:
    return client.get(f"/api/video/{film.pk}/{name}")


class TestNoticing:
    @pytest.mark.parametrize(("segment", "chunk"), [(0, 0), (1, 0), (2, 1), (5, 2)])
    def test_makes_the_chunk_of_a_missing_segment_due(
        self, film: Video, member: Client, segment: int, chunk: int
    ):
        lose(film, segment)

        response = ask(member, film, f"720p/{segment:03d}.ts")

        assert response.status_code == 503
        assert response["Retry-After"] == "5"
        assert response["Cache-Control"] == "no-store"
        assert due(film) == [chunk]

    def test_ignores_segments_that_nobody_listed(self, film: Video, member: Client):
        assert ask(member, film, "720p/006.ts").status_code == 404
        assert due(film) == []

    def test_serves_the_other_segments(self, film: Video, member: Client):
        lose(film, 0)
        ask(member, film, "720p/000.ts")

        assert ask(member, film, "720p/001.ts").status_code == 200
        assert ask(member, film, "360p/000.ts").status_code == 200

    def test_reports_a_segment_once(
        self, film: Video, member: Client, caplog: pytest.LogCaptureFixture
    ):
        lose(film, 3)
        for _ in range(3):
            ask(member, film, "720p/003.ts")

        [record] = [each for each in caplog.records if each.message == "segment_missing"]
        assert (record.video, record.segment) == (film.pk, 3)

    def test_notices_a_deleted_folder(self, film: Video, member: Client):
        for number in range(6):
            lose(film, number, "360p")

        assert ask(member, film, "360p/003.ts").status_code == 503
        assert due(film) == [0, 1, 2]

    def test_notices_a_missing_sound_segment(self, film: Video, member: Client):
        with patch("video_app.pipeline.types.Plan.tracks", ("a second sound",)):
            response = ask(member, film, "audio-0/002.ts")

        assert response.status_code == 503
        assert due(film) == [1]

    def test_asks_for_a_head_only(self, film: Video, member: Client):
        lose(film, 0)

        assert member.head(f"/api/video/{film.pk}/720p/000.ts").status_code == 503
        assert due(film) == [0]


class TestCaution:
    def test_blames_no_film_while_the_media_are_away(self, film: Video, media: Path):
        media.rename(media.with_name("elsewhere"))

        response = ask(signed_in(make_user()), film, "720p/000.ts")

        assert response.status_code == 503
        assert due(film) == []

    def test_blames_no_film_for_foreign_media(self, film: Video, media: Path):
        lose(film, 0)
        identity.write_mark(uuid.uuid4())

        assert not damage.report_missing(film.current_build_id, 0)
        assert due(film) == []

    def test_refuses_strangers_before_it_looks(self, film: Video):
        lose(film, 0)

        assert ask(Client(), film, "720p/000.ts").status_code == 401
        assert due(film) == []

    def test_ignores_a_build_that_is_gone(self):
        assert not damage.report_missing(10**9, 0)

    def test_leaves_a_running_chunk_alone(self, film: Video):
        chunk = film.current_build.chunks.filter(index=0)
        chunk.update(state=ChunkState.DUE, attempts=2)

        assert not damage.report_missing(film.current_build_id, 0)
        assert chunk.get().attempts == 2


class TestWhileItIsMended:
    @pytest.mark.parametrize("name", ["master.m3u8", "720p/index.m3u8", "720p/iframes.m3u8"])
    def test_keeps_the_playlists_of_a_whole_film(self, film: Video, member: Client, name: str):
        before = ask(member, film, name).content
        damage.report_missing(film.current_build_id, 0)
        cache.clear()

        assert ask(member, film, name).content == before

    def test_keeps_a_growing_playlist(self, growing: Video, member: Client):
        before = ask(member, growing, "720p/index.m3u8").content
        assert b"003.ts" in before
        damage.report_missing(growing.current_build_id, 0)
        cache.clear()

        assert ask(member, growing, "720p/index.m3u8").content == before

    def test_has_a_growing_films_chunk_encoded_at_once(self, growing: Video):
        damage.report_missing(growing.current_build_id, 3)

        assert encoding.due().filter(index=1, build=growing.current_build_id).exists()


class TestVerification:
    def test_finds_nothing_in_a_whole_build(self, film: Video):
        assert damage.damaged_chunks(film.current_build) == []

    def test_finds_a_missing_segment(self, film: Video):
        lose(film, 2)

        assert damage.damaged_chunks(film.current_build) == [1]

    @pytest.mark.parametrize("body", [b"", b"short"])
    def test_finds_a_segment_cut_short(self, film: Video, body: bytes):
        local.path(f"{film.current_build.prefix}/360p/005.ts").write_bytes(body)

        assert damage.damaged_chunks(film.current_build) == [2]

    def test_finds_a_deleted_build(self, film: Video):
        for rung in ("360p", "720p"):
            for number in range(6):
                lose(film, number, rung)

        assert damage.damaged_chunks(film.current_build) == [0, 1, 2]
