"""Cleanup: what lies in the media for no row, and what it must leave alone."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from video_app.models import Build, State, Video
from video_app.pipeline import layout
from video_app.tests.films import (
    ago,
    hold_chunk,
    make_encoding,
    make_film,
    make_old,
    make_video,
    write,
)
from video_app.work import cleanup, encoding, leftovers, orphans

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
LATELY, LONG_AGO = 2, 2 * 24 * 3600


class TestWorkFolders:
    def test_removes_folder_of_dead_worker(self, media: Path):
        folder = media / make_encoding().prefix / f".lease-{uuid.uuid4()}"
        folder.mkdir(parents=True)

        assert cleanup.clean()["folders"] == 1
        assert not folder.exists()

    def test_keeps_folder_of_living_worker(self, media: Path):
        build = make_encoding()
        folder = media / build.prefix / f".lease-{hold_chunk(build, 0).token}"
        folder.mkdir(parents=True)

        cleanup.clean()

        assert folder.exists()


class Unreadable(type(Path())):
    def stat(self, **_: Any) -> Any:
        raise PermissionError(self.name)


class TestBuilds:
    @pytest.fixture
    def build(self) -> Build:
        build = make_film(planned_revision=1).current_build
        assert build
        return build

    def test_keeps_retired_build_while_players_may_be_on_it(self, media: Path, build: Build):
        Build.objects.update(retired_at=ago(LATELY))
        Video.objects.update(current_build=None)

        cleanup.clean()

        assert (media / build.prefix).exists()

    def test_removes_retired_build_when_its_time_is_over(self, media: Path, build: Build):
        Build.objects.update(retired_at=ago(LONG_AGO))
        Video.objects.update(current_build=None)

        cleanup.clean()

        assert not (media / build.prefix).exists()
        assert not Build.objects.exists()
        assert not (media / ".quarantine").exists()

    def test_never_removes_build_that_is_shown(self, media: Path, build: Build):
        Build.objects.update(retired_at=ago(LONG_AGO))

        cleanup.clean()

        assert (media / build.prefix).exists()

    def test_removes_files_of_failed_build_at_once(self, media: Path):
        build = make_encoding(done=1)
        encoding.fail(build.pk, "Because.")

        cleanup.clean()

        assert not (media / build.prefix).exists()
        assert Build.objects.filter(pk=build.pk).exists()


class TestLeftovers:
    def test_removes_upload_that_was_broken_off(self, media: Path):
        write("tmp/x", b"old")
        make_old(media / "tmp/x")

        assert cleanup.clean()["files"] == 1
        assert not (media / "tmp/x").exists()
        assert not (media / ".quarantine").exists()

    def test_keeps_upload_that_is_under_way(self, media: Path):
        write("tmp/x.upload", b"fresh")

        assert cleanup.clean()["files"] == 0
        assert (media / "tmp/x.upload").exists()

    @pytest.mark.parametrize(
        ("state", "is_kept"),
        [(State.PROCESSING, True), (State.FAILED, False), (State.COMPLETED, False)],
    )
    def test_keeps_copy_made_for_seeking_while_it_is_used(
        self, media: Path, state: State, is_kept: bool
    ):
        make_video(video_file="sources/a.ts", planned_revision=1, state=state)
        write("sources/a.ts", b"film")
        write("sources/a.ts.seekable.mkv", b"copy")

        cleanup.clean()

        assert (media / "sources/a.ts.seekable.mkv").exists() == is_kept
        assert (media / "sources/a.ts").exists()

    def test_keeps_such_copy_until_the_poster_is_made_of_it(self, media: Path):
        film = make_film(video_file="sources/a.ts", planned_revision=1)
        write("sources/a.ts", b"film")
        write("sources/a.ts.seekable.mkv", b"copy")
        cleanup.clean()
        assert (media / "sources/a.ts.seekable.mkv").exists()

        Video.objects.update(poster=layout.poster_key(film.pk, 1))
        cleanup.clean()

        assert not (media / "sources/a.ts.seekable.mkv").exists()

    def test_bears_file_that_is_gone_meanwhile(self, media: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(Path, "glob", lambda self, pattern: [media / "tmp/gone"])

        assert not list(orphans.orphan_files())
        assert not list(leftovers.stale_files())

    def test_bears_file_that_cannot_be_looked_at(
        self, media: Path, monkeypatch: pytest.MonkeyPatch
    ):
        write("tmp/old", b"old")
        old = [Unreadable(media / "tmp/old")]
        monkeypatch.setattr(Path, "glob", lambda self, pattern: old)

        assert not list(leftovers.stale_files())
