"""A damaged film mends itself: with real ffmpeg, from the request to the new address."""

import shutil
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import m3u8
import pytest
from django.core.cache import cache
from django.core.files import File
from django.core.management import call_command
from django.test import Client

from tests.people import make_user, signed_in
from video_app.models import BuildState, ChunkState, Video
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.store import local
from video_app.streaming import damage
from video_app.work import encoding, order

pytestmark = [pytest.mark.ffmpeg, pytest.mark.django_db(transaction=True)]
SECONDS = 13


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "film.mp4"
    command = [
        *(find_ffmpeg(), "-v", "error"),
        *("-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=25:duration={SECONDS}"),
        *("-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(path)),
    ]
    subprocess.run(command, check=True)
    return path


@pytest.fixture
def film(source: Path, settings: Any) -> Video:
    settings.PROGRESSIVE_MP4 = False
    video = Video(title="A film")
    with source.open("rb") as file:
        video.video_file.save("film.mp4", File(file), save=False)
        video.save()
    call_command("process_video", str(video.pk), "--sync", stdout=StringIO())
    video.refresh_from_db()
    return video


@pytest.fixture
def member() -> Client:
    return signed_in(make_user())


def listed(client: Client, film: Video, name: str = "360p/index.m3u8") -> list[Any]:
    text = client.get(f"/api/video/{film.pk}/{name}").content.decode()
    return list(m3u8.loads(text).segments)


def segment(client: Client, film: Video, uri: str) -> Any:
    return client.get(f"/api/video/{film.pk}/360p/{uri}")


def folder(film: Video) -> Path:
    assert film.current_build
    return local.path(film.current_build.prefix)


def mend() -> None:
    while order.run_next():
        pass


class TestMissingSegment:
    def test_is_encoded_again_under_a_new_address(self, film: Video, member: Client):
        before = [each.uri for each in listed(member, film)]
        tag = segment(member, film, before[1])["ETag"]
        (folder(film) / "360p" / "001.ts").unlink()

        assert segment(member, film, before[1]).status_code == 503
        mend()

        after = [each.uri for each in listed(member, film)]
        assert after == [before[0], f"{before[1]}&r=1", *before[2:]]
        answer = segment(member, film, after[1])
        assert answer.status_code == 200
        assert answer["ETag"] != tag
        assert "immutable" in answer["Cache-Control"]

    def test_has_true_byte_ranges_again(self, film: Video, member: Client):
        (folder(film) / "360p" / "000.ts").unlink()
        damage.report_missing(film.current_build_id or 0, 0)
        mend()

        frames = listed(member, film, "360p/iframes.m3u8")
        assert frames[0].uri.endswith("&r=1")
        for each in frames:
            length, _, offset = each.byterange.partition("@")
            body = segment(member, film, each.uri).getvalue()
            assert int(offset) + int(length) <= len(body)
            assert body[int(offset)] == 0x47

    def test_plays_on_at_its_old_address(self, film: Video, member: Client):
        uri = listed(member, film)[1].uri
        (folder(film) / "360p" / "001.ts").unlink()
        segment(member, film, uri)
        mend()

        assert segment(member, film, uri).status_code == 200

    def test_is_mended_as_often_as_it_is_lost(self, film: Video, member: Client):
        for count in (1, 2):
            (folder(film) / "360p" / "001.ts").unlink()
            assert damage.report_missing(film.current_build_id or 0, 1)
            mend()
            assert f"&r={count}" in listed(member, film)[1].uri

    def test_leaves_the_film_complete(self, film: Video, member: Client):
        (folder(film) / "360p" / "001.ts").unlink()
        damage.report_missing(film.current_build_id or 0, 1)
        cache.clear()
        assert member.get(f"/api/video/{film.pk}/status/").json()["state"] == "completed"
        mend()

        film.refresh_from_db()
        assert film.current_build
        assert (film.state, film.current_build.state) == ("completed", BuildState.COMPLETE)


class TestDeletedBuild:
    def test_is_encoded_again(self, film: Video, member: Client):
        shutil.rmtree(folder(film))

        assert segment(member, film, "000.ts").status_code == 503
        mend()

        uris = [each.uri for each in listed(member, film)]
        assert {segment(member, film, uri).status_code for uri in uris} == {200}


class TestHopelessDamage:
    def test_ends_after_some_attempts_and_fails_no_film(
        self, film: Video, monkeypatch: pytest.MonkeyPatch
    ):
        def fail(*_: Any, **__: Any) -> None:
            raise PipelineError("The source is damaged, too.")

        monkeypatch.setattr(encoding.transcode, "encode_chunk", fail)
        damage.report_missing(film.current_build_id or 0, 0)
        mend()

        film.refresh_from_db()
        assert film.current_build
        assert film.state == "completed"
        assert film.current_build.chunks.get(index=0).state == ChunkState.DUE

    def test_is_not_mended_from_another_source(self, film: Video):
        damage.report_missing(film.current_build_id or 0, 0)
        Video.objects.update(source_revision=film.source_revision + 1)

        assert not encoding.due().exists()
