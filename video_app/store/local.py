"""The store that is a folder: `MEDIA_ROOT`, on this machine or shared with others."""

import errno
import os
import shutil
import tempfile
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

from video_app.pipeline.section import Section
from video_app.store.interface import Entry, File, Uploads, Watch, unwatched

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
    """Bytes that may be written; `OSError` when not even one can be."""
    if settings.USE_S3_MEDIA:  # then the folder is only for what is in hand
        root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=root()) as file:
        file.write(b"1")
        file.flush()
    return shutil.disk_usage(root()).free


def sync(paths: Iterable[Path]) -> None:
    """Have files and folders reach the disk."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def work_folder(prefix: str = "") -> Iterator[Path]:
    """A new folder on this machine to write in, gone afterwards, whatever happens."""
    folder = path(prefix or f"{UPLOADS}/{uuid.uuid4().hex}")
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Uploads:
    """The file never is longer than what reached the disk, so after a power cut its length
    bounds the offset that the database knows."""

    piece_bytes = 1024**2
    can_take_back = True

    def begin(self, key: str) -> None:
        path(key).parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        path(key).touch(0o640)
        sync([path(key).parent])

    def size(self, key: str) -> int:
        return LocalStore().size(key)

    def append(self, key: str, offset: int, piece: bytes | bytearray) -> None:
        with path(key).open("r+b") as file:
            file.seek(offset)
            file.write(piece)

    def sync(self, key: str) -> None:
        sync([path(key)])

    def finish(self, key: str, length: int) -> None:
        os.truncate(path(key), length)
        sync([path(key), path(key).parent])

    def abort(self, key: str) -> None:
        LocalStore().remove(key)

    def sweep(self, held: Collection[str]) -> None:
        """Nothing: rows know what was begun, and orphans are looked for with all others."""


class LocalStore:
    """Keys are paths under `MEDIA_ROOT`; what becomes visible is renamed into place."""

    puts_at_once = True
    uploads: Uploads = _Uploads()

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        try:
            file = path(key).open("rb")
        except IsADirectoryError as error:
            raise FileNotFoundError(errno.ENOENT, "not a file", key) from error
        return file if end is None and not start else cast(BinaryIO, Section(file, start, end))

    def size(self, key: str) -> int:
        if path(key).is_dir():
            raise FileNotFoundError(errno.ENOENT, "not a file", key)
        return path(key).stat().st_size

    def sizes(self, prefix: str) -> dict[str, int]:
        files = (found for found in path(prefix).rglob("*") if found.is_file())
        return {key(found): found.stat().st_size for found in files}

    def list(self, prefix: str = "") -> Iterator[Entry]:
        with suppress(FileNotFoundError, NotADirectoryError):
            with os.scandir(path(prefix)) as scanned:
                found = list(scanned)
            yield from filter(None, (_entry(prefix, one) for one in found))

    @contextmanager
    def source(self, *keys: str, watch: Watch = unwatched) -> Iterator[str]:
        yield str(path(next((key for key in keys if path(key).is_file()), keys[-1])))

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
            _rename(file, target)
            changed.add(target.parent)
        sync(dict.fromkeys(above for folder in changed for above in _up_to_root(folder)))

    def remove(self, key: str) -> None:
        """What is in the way is left to the cleanup."""
        if path(key).is_dir() and not path(key).is_symlink():
            shutil.rmtree(path(key), ignore_errors=True)
            return
        with suppress(OSError):
            path(key).unlink(missing_ok=True)

    def move(self, key: str, target: str) -> None:
        path(target).parent.mkdir(parents=True, exist_ok=True)
        path(key).rename(path(target))


def _entry(prefix: str, found: "os.DirEntry[str]") -> Entry | None:
    key = f"{prefix}/{found.name}" if prefix else found.name
    if found.is_dir(follow_symlinks=False):
        return Entry(key, is_folder=True)
    try:
        status = found.stat(follow_symlinks=False)
    except FileNotFoundError:  # gone meanwhile
        return None
    return Entry(key, status.st_size, status.st_mtime)


def _up_to_root(folder: Path) -> list[Path]:
    """Each may be new, and only the one above knows its name."""
    return [above for above in (folder, *folder.parents) if above.is_relative_to(root())]


def _rename(file: Path, target: Path) -> None:
    """From another disk, over a copy beside the target, so that nobody sees half of it."""
    try:
        file.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = shutil.copyfile(file, target.with_name(f"{uuid.uuid4().hex}.partial"))
        sync([copy])
        copy.replace(target)
