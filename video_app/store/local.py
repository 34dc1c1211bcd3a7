"""The store that is a folder: `MEDIA_ROOT`, on this machine or shared with others."""

import errno
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

from video_app.store.interface import AwayError, Entry, File, Watch, unwatched
from video_app.store.section import Section

__all__ = ["AwayError", "LocalStore", "free_bytes", "key", "path", "remove", "root", "sync"]

UPLOADS = "tmp"


def root() -> Path:
    return Path(settings.MEDIA_ROOT)


def path(key: str) -> Path:
    """Where the file with this key lies."""
    return root() / key


def key(path: Path) -> str:
    """The key of a file under the root."""
    return path.relative_to(root()).as_posix()


def free_bytes() -> int:
    return shutil.disk_usage(root()).free


def remove(path: Path) -> None:
    """Remove a file or folder; what is gone already, or in the way, is left to the cleanup."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)


def sync(paths: Iterable[Path]) -> None:
    """Have files and folders reach the disk."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class LocalStore:
    """Keys are paths under `MEDIA_ROOT`; what becomes visible is renamed into place."""

    puts_at_once = True

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        try:
            file = path(key).open("rb")
        except IsADirectoryError as error:
            raise FileNotFoundError(errno.ENOENT, "not a file", key) from error
        return file if end is None and not start else cast(BinaryIO, Section(file, start, end))

    def size(self, key: str) -> int:
        status = path(key).stat()
        if not path(key).is_file():
            raise FileNotFoundError(errno.ENOENT, "not a file", key)
        return status.st_size

    def sizes(self, prefix: str) -> dict[str, int]:
        files = (found for found in path(prefix).rglob("*") if found.is_file())
        return {key(found): found.stat().st_size for found in files}

    def list(self, prefix: str = "") -> Iterator[Entry]:
        with suppress(FileNotFoundError, NotADirectoryError):
            with os.scandir(path(prefix)) as scanned:
                found = list(scanned)
            yield from filter(None, (_entry(prefix, one) for one in found))

    @contextmanager
    def source(self, key: str) -> Iterator[str]:
        yield str(path(key))

    @contextmanager
    def folder(self, keys: Sequence[str], *, watch: Watch = unwatched) -> Iterator[Path]:
        yield path(keys[0]).parent

    def url(self, key: str, seconds: int) -> str:
        return ""

    def put(self, files: Iterable[File], *, watch: Watch = unwatched) -> None:
        changed = set()
        for file, key in files:
            target = path(key)
            target.parent.mkdir(parents=True, exist_ok=True)
            sync([file])
            _replace(file, target)
            changed.add(target.parent)
        sync(changed)

    def remove(self, key: str) -> None:
        remove(path(key))

    def move(self, key: str, target: str) -> None:
        path(target).parent.mkdir(parents=True, exist_ok=True)
        path(key).rename(path(target))

    @contextmanager
    def work_folder(self, prefix: str) -> Iterator[Path]:
        folder = path(prefix)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Nothing: what was broken off lies in `tmp/`, with what others left there."""


def _entry(prefix: str, found: "os.DirEntry[str]") -> Entry | None:
    key = f"{prefix}/{found.name}" if prefix else found.name
    if found.is_dir(follow_symlinks=False):
        return Entry(key, is_folder=True)
    try:
        status = found.stat(follow_symlinks=False)
    except FileNotFoundError:  # gone meanwhile
        return None
    return Entry(key, status.st_size, status.st_mtime)


def _replace(file: Path, target: Path) -> None:
    try:
        file.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_from_elsewhere(file, target)


def _copy_from_elsewhere(file: Path, target: Path) -> None:
    """From another disk, over a file beside the target, so that nobody sees half of it."""
    draft = target.with_name(f"{target.name}.{uuid.uuid4().hex}.partial")
    try:
        shutil.copyfile(file, draft)
        sync([draft])
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
