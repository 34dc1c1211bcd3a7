"""How uploads are kept: on the disk before they are acknowledged, and never by half."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from video_app.store import is_there, local, the_store

# What is left to write when an upload ends is waited for: this much at most, and no gigabytes.
WRITE_BEHIND = 16 * 2**20


class SpoolingHandler(TemporaryFileUploadHandler):
    """Django's own, but a file that found no room does not keep what room there was, and the
    disk begins to write before the last byte is there."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with suppress(OSError):  # it writes its buffer once more, and removes itself
                self.file.close()
            raise
        whole = (start + len(raw_data)) // WRITE_BEHIND
        if whole > start // WRITE_BEHIND:
            _begin_to_write(self.file.fileno(), (whole - 1) * WRITE_BEHIND)


def _begin_to_write(file: int, start: int) -> None:
    """Have the kernel write what is new from `start` on, without waiting for it.

    What is dirty is written by that and stays in memory, whatever the advice is called.
    """
    if hasattr(os, "posix_fadvise"):  # macOS has none
        os.posix_fadvise(file, start, WRITE_BEHIND, os.POSIX_FADV_DONTNEED)


class DurableStorage(FileSystemStorage):
    """Django's own, but what `save` returned survives a power cut, and half a file goes away;
    and files lie in the store, whichever it is."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        with _as_local_file(content) as path:
            path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
            the_store().put([(path, name)])
        return name

    def _open(self, name: str, mode: str = "rb") -> File:  # type: ignore[type-arg]
        return File(the_store().open(name), name)

    def exists(self, name: str) -> bool:
        return is_there(name)

    def size(self, name: str) -> int:
        return the_store().size(name)

    def delete(self, name: str) -> None:
        the_store().remove(name)


@contextmanager
def _as_local_file(content: Any) -> Iterator[Path]:
    """Where an upload lies on this machine, which small ones do not yet."""
    if hasattr(content, "temporary_file_path"):
        content.flush()
        yield Path(content.temporary_file_path())
        return
    with local.work_folder() as folder:
        with (folder / "file").open("wb") as file:
            file.writelines(content.chunks())
        yield folder / "file"
