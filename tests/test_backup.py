"""From a backup through an empty installation to a playing film and a signed-in user."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from auth_app.models import User
from core.backups import backup, rows
from tests.people import make_user, signed_in
from video_app.models import Build, Chunk, Installation, Tag, Video
from video_app.pipeline import layout
from video_app.store import identity, local, the_store
from video_app.tests.conftest import store, with_bucket  # noqa: F401 - fixtures
from video_app.tests.films import make_film, segment_bytes, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["folder", "bucket"])
def film(request: Any, own_media: Path) -> Video:
    """A film with its source and poster, in a folder or in a bucket."""
    film = make_film(segments=4, planned_revision=1)
    write("sources/a.mp4", b"the uploaded file")
    write(layout.poster_key(film.pk, 1), b"poster")
    Video.objects.update(poster=layout.poster_key(film.pk, 1))
    if request.param == "bucket":
        request.getfixturevalue("store")
        call_command("setup_bucket")
        call_command("adopt_films")
    return Video.objects.get()


@pytest.fixture(params=["folder", "bucket"])
def place(request: Any, tmp_path: Path, film: Video, settings: Any) -> str:
    if request.param == "folder":
        return str(tmp_path / "backup")
    lies_in_bucket = settings.USE_S3_MEDIA
    request.getfixturevalue("store").create_bucket(Bucket="backups")
    settings.USE_S3_MEDIA = lies_in_bucket
    return "s3://backups/nightly"


def empty() -> None:
    """As a new machine: no rows, no files."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in rows.kept_models():
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    for entry in list(the_store().list()):
        the_store().remove(entry.key)


def test_restored_film_plays_for_a_signed_in_user(film: Video, place: str, capsys: Any) -> None:
    user = signed_in(make_user("alice"))
    made_at = Video.objects.get().created_at
    call_command("backup", place)
    empty()

    call_command("restore", place)

    assert "Restored" in capsys.readouterr().out
    restored = Video.objects.get()
    assert (restored.title, restored.created_at) == (film.title, made_at)
    assert identity.problem() == ""
    # The session goes on: same cookies, same key.
    playlist = user.get(f"/api/video/{film.pk}/720p/index.m3u8")
    assert playlist.status_code == 200
    build = Build.objects.get()
    with the_store().open(build.segment_keys("720p")[3]) as file:
        assert file.read() == segment_bytes(build, "720p", 3)
    assert make_film("Another").pk > film.pk  # numbers go on


class TestIntoFolder:
    @pytest.fixture
    def film(self, own_media: Path) -> Video:
        film = make_film(segments=2, planned_revision=1)
        write("sources/a.mp4", b"the uploaded file")
        return film

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "backup"

    def test_needs_no_room_but_where_media_lie(
        self, film: Video, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In a container the usual place for temporary files is memory."""
        monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
        call_command("backup", folder)
        empty()

        call_command("restore", folder)

        assert not list(Path(settings.MEDIA_ROOT, local.UPLOADS).iterdir())

    def test_refuses_to_leave_out_media_that_are_away(self, film: Video, folder: Path) -> None:
        identity.check()
        shutil.rmtree(settings.MEDIA_ROOT)

        with pytest.raises(CommandError, match="media are away"):
            call_command("backup", folder)

        assert not folder.exists()

    def test_copies_only_what_is_new(self, film: Video, folder: Path) -> None:
        call_command("backup", folder)
        (kept,) = folder.glob("sources/*")
        before = kept.stat().st_mtime_ns
        write("sources/b.mp4", b"another")

        call_command("backup", folder)

        assert kept.stat().st_mtime_ns == before
        assert len(list(folder.glob("sources/*"))) == 2

    def test_leaves_renditions_out_when_told(self, film: Video, folder: Path) -> None:
        call_command("backup", folder, "--sources-only")
        assert not (folder / "hls").exists()

    def test_names_what_went_away_meanwhile(
        self, film: Video, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
    ) -> None:
        monkeypatch.setattr(backup, "_files", lambda _: iter([("sources/gone.mp4", 3)]))

        call_command("backup", folder)

        assert "sources/gone.mp4 was deleted meanwhile" in capsys.readouterr().err

    def test_refuses_installation_with_films(self, film: Video, folder: Path) -> None:
        call_command("backup", folder)
        with pytest.raises(CommandError, match="has films or accounts"):
            call_command("restore", folder)
        assert Video.objects.count() == 1

    def test_refuses_half_a_backup(self, film: Video, folder: Path) -> None:
        call_command("backup", folder)
        (folder / backup.MANIFEST).unlink()
        empty()

        with pytest.raises(CommandError, match="no manifest"):
            call_command("restore", folder)

    def test_refuses_backup_of_another_release(self, film: Video, folder: Path) -> None:
        call_command("backup", folder)
        manifest = folder / backup.MANIFEST
        found = json.loads(manifest.read_text())
        manifest.write_text(json.dumps(found | {"migrations": ["video_app.9999_later"]}))
        empty()

        with pytest.raises(CommandError, match="another release"):
            call_command("restore", folder)

    def test_names_files_that_are_damaged(self, film: Video, folder: Path) -> None:
        call_command("backup", folder)
        (folder / "sources/a.mp4").write_bytes(b"short")
        shutil.rmtree(folder / "hls")
        empty()

        with pytest.raises(CommandError, match=r"sources/a\.mp4: 5 bytes instead of 17"):
            call_command("restore", folder)

    def test_holds_every_row_written_before(self, film: Video, folder: Path) -> None:
        make_user("bob")
        Tag.objects.bulk_create(Tag(name=str(number)) for number in range(rows.BATCH + 1))
        call_command("backup", folder)
        empty()

        call_command("restore", folder)

        assert User.objects.filter(email="bob@example.org").exists()
        assert Chunk.objects.count() == 1
        assert Tag.objects.count() == rows.BATCH + 1
        assert Installation.objects.get().is_marked
        assert Client().get("/health/ready/").status_code in (200, 503)
