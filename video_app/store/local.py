"""The local media folder: where a key lies, and what may be done there."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings


class AwayError(OSError):
    """The storage is away, or is not ours."""


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
