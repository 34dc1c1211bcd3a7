"""Whose fault a failure is: the file's, or this machine's."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from video_app.pipeline.errors import EncodeError, PipelineError, StorageFullError
from video_app.store import AwayError, local
from video_app.store.s3 import BucketError
from video_app.tests.concurrency import raising
from video_app.work import machine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]

FILE, FULL, STORAGE = "", machine.NO_ROOM, "The storage is at fault: "
FAULTS = [
    (PipelineError("no film"), FILE),
    (EncodeError("exit status 1"), FILE),
    (OSError("without a number"), FILE),
    (FileNotFoundError(errno.ENOENT, "gone"), FILE),
    (IsADirectoryError(errno.EISDIR, "a folder"), FILE),
    (BucketError("AccessDenied"), STORAGE),
    (StorageFullError("no room for the copy"), FULL),
    (OSError(errno.ENOSPC, "No space left on device"), FULL),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), FULL),
    (AwayError("not mounted"), STORAGE),
    (OSError(errno.EROFS, "Read-only file system"), STORAGE),
    (OSError(errno.EIO, "Input/output error"), STORAGE),
    (OSError(errno.ESTALE, "Stale file handle"), STORAGE),
    (OSError(errno.ENOTCONN, "Transport endpoint is not connected"), STORAGE),
    (PermissionError(errno.EACCES, "Permission denied"), STORAGE),
    (OSError(errno.EMFILE, "Too many open files"), STORAGE),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), STORAGE),
    (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), STORAGE),
    (OSError(errno.ENOEXEC, "Exec format error"), STORAGE),
]


@pytest.mark.parametrize(("error", "reason"), FAULTS, ids=lambda value: repr(value)[:60])
def test_tells_faults_of_files_from_those_of_the_machine(
    error: Exception, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "ffmpeg_problem", lambda: "")
    found = machine.fault(error)
    assert found.startswith(reason) if reason else found == ""


@pytest.mark.parametrize("error", [PipelineError("no film"), EncodeError("exit status 1")])
def test_asks_real_ffmpeg_before_it_blames_the_file(error: Exception) -> None:
    assert machine.fault(error) == ""


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nexit 0\n", "no program\n", None]
)
@pytest.mark.parametrize("error", [PipelineError("no film"), EncodeError("exit status 1")])
def test_blames_ffmpeg_that_cannot_encode(
    tmp_path: Path, settings: Any, script: str | None, error: Exception
) -> None:
    """It fails, does nothing, cannot be run, or is gone."""
    binary = tmp_path / "ffmpeg"
    if script:
        binary.write_text(script)
        binary.chmod(0o755)
    settings.FFMPEG_BINARY = str(binary)
    assert machine.fault(error).startswith("ffmpeg is broken here: ")


def test_blames_media_that_are_away_for_files_that_are_gone(media: Path) -> None:
    media.rename(media.with_suffix(".unmounted"))
    assert machine.fault(PipelineError("The uploaded file is gone.")) != ""


class TestStorage:
    def test_finds_nothing_wrong_with_own_media(self, media: Path):
        before = sorted(media.rglob("*"))

        assert machine.storage_problem() == ""
        assert sorted(media.rglob("*")) == before

    def test_finds_media_that_are_away(self, media: Path):
        media.rename(media.with_suffix(".unmounted"))

        assert "away" in machine.storage_problem()

    @pytest.mark.parametrize("number", [errno.EROFS, errno.EIO, errno.ESTALE])
    def test_says_why_media_cannot_be_written(self, monkeypatch: Any, number: int):
        monkeypatch.setattr(
            local.tempfile, "TemporaryFile", raising(OSError(number, os.strerror(number)))
        )

        assert os.strerror(number) in machine.storage_problem()

    def test_finds_disk_that_takes_nothing_more(self, monkeypatch: pytest.MonkeyPatch):
        full = OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(local.tempfile, "TemporaryFile", raising(full))

        assert machine.storage_problem() == machine.NO_ROOM

    def test_finds_disk_that_is_nearly_full(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(local, "free_bytes", lambda: machine.MIN_FREE_BYTES - 1)

        assert machine.storage_problem() == machine.NO_ROOM


def test_counts_no_fault_of_the_database_as_one_of_the_file() -> None:
    """`Lease.held` handles it before anybody asks here."""
    assert not issubclass(OperationalError, OSError | PipelineError | EncodeError)
