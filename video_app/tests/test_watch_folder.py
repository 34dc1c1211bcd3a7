"""The watched folder: what comes into it is imported once, whatever becomes of it."""

import os
from pathlib import Path
from typing import Any

import pytest

from video_app.ingest import watch_folder
from video_app.models import Import, Video
from video_app.tests.films import make_old

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(own_media: Path) -> None: ...


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.WATCH_FOLDER = str(tmp_path)
    monkeypatch.setattr(watch_folder, "SETTLED_SECONDS", 0)
    monkeypatch.setattr(watch_folder.cache, "add", lambda *_: True)
    return tmp_path


def write_film(folder: Path, name: str = "Film.mkv", body: bytes = b"a film") -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def test_imports_whole_files_once(folder: Path):
    write_film(folder)

    watch_folder.watch()
    watch_folder.watch()

    assert Import.objects.count() == 1


def test_leaves_deleted_film_deleted(folder: Path):
    path = write_film(folder)
    watch_folder.watch()
    Video.objects.get().delete()

    watch_folder.watch()
    make_old(path)  # touched, moved: still the same film
    path.rename(folder / "Other.mkv")
    watch_folder.watch()

    assert not Video.objects.exists()


def test_imports_changed_file_after_its_film_was_deleted(folder: Path):
    write_film(folder)
    watch_folder.watch()
    Video.objects.get().delete()
    write_film(folder, body=b"another film")

    watch_folder.watch()

    assert Video.objects.count() == 1


def test_imports_new_file_beside_deleted_film(folder: Path):
    write_film(folder)
    watch_folder.watch()
    Video.objects.get().delete()
    write_film(folder, "New.mkv", b"a new film")

    watch_folder.watch()

    assert Video.objects.get().title == "New"


def test_waits_until_file_grows_no_more(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch_folder, "SETTLED_SECONDS", 30)
    write_film(folder)

    watch_folder.watch()
    watch_folder.watch()

    assert not Import.objects.exists()


def test_leaves_what_is_no_file(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    elsewhere = write_film(tmp_path_factory.mktemp("elsewhere"))
    os.mkfifo(folder / "pipe.mp4")
    (folder / "link.mp4").symlink_to(elsewhere)
    write_film(folder, "half.mp4.part")

    watch_folder.watch()

    assert not Import.objects.exists()


def test_removes_nothing_when_folder_is_away(folder: Path, settings: Any):
    write_film(folder)
    watch_folder.watch()
    settings.WATCH_FOLDER = str(folder / "gone")

    watch_folder.watch()

    assert Import.objects.count() == Video.objects.count() == 1
