"""How uploads are kept: on the disk before they are acknowledged, and never by half."""

from contextlib import suppress
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from video_app.store import local


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
        stored = name
        try:
            stored = str(super()._save(name, content))  # type: ignore[misc]
            path, root = Path(self.path(stored)), Path(self.location)
            local.sync([path, *(folder for folder in path.parents if folder.is_relative_to(root))])
        except OSError:
            Path(self.path(stored)).unlink(missing_ok=True)
            raise
        return stored
