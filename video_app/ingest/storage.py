"""How uploads are kept: on the disk before they are acknowledged, and never by half."""

import os
from contextlib import suppress
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class SpoolingHandler(TemporaryFileUploadHandler):
    """Django's own, but a file that found no room does not keep what room there was."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with suppress(OSError):  # it writes its buffer once more, and removes itself
                self.file.close()
            raise


class DurableStorage(FileSystemStorage):
    """Django's own, but what `save` returned survives a power cut, and half a file goes away."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        try:
            stored: str = super()._save(name, content)  # type: ignore[misc]
        except OSError:
            Path(self.path(name)).unlink(missing_ok=True)
            raise
        sync(Path(self.path(stored)), Path(self.location))
        return stored


def sync(path: Path, root: Path) -> None:
    """Write a file, and the folders that lead to it from `root`, through to the disk."""
    _fsync(path)
    for folder in path.parents:
        _fsync(folder)
        if folder == root:
            return


def _fsync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
