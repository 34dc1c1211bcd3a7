"""Where a backup lies: a folder, or `s3://bucket/prefix` at the service of `AWS_*`."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from video_app.store import s3


class Place(Protocol):
    def sizes(self) -> dict[str, int]:
        """Name → bytes of every file that is there."""
        ...

    def put(self, path: Path, name: str) -> None:
        """Copy a file to there, whole or not at all."""
        ...

    def get(self, name: str, path: Path) -> None:
        """Copy a file from there."""
        ...


def at(address: str) -> Place:
    parts = urlsplit(address)
    if parts.scheme == "s3":
        return _Bucket(parts.netloc, parts.path.strip("/"))
    return _Folder(Path(address).absolute())


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def sizes(self) -> dict[str, int]:
        files = (path for path in self._root.rglob("*") if path.is_file())
        return {path.relative_to(self._root).as_posix(): path.stat().st_size for path in files}

    def put(self, path: Path, name: str) -> None:
        with self._draft(name) as draft:
            shutil.copyfile(path, draft)

    def get(self, name: str, path: Path) -> None:
        shutil.copyfile(self._root / name, path)

    @contextmanager
    def _draft(self, name: str) -> Iterator[Path]:
        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{uuid.uuid4().hex}.draft")
        try:
            yield draft
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


class _Bucket:
    def __init__(self, bucket: str, prefix: str) -> None:
        self._bucket, self._prefix = bucket, f"{prefix}/".lstrip("/")

    def sizes(self) -> dict[str, int]:
        with s3.errors():
            found = s3.files(self._prefix, self._bucket)
            return {file["Key"].removeprefix(self._prefix): file["Size"] for file in found}

    def put(self, path: Path, name: str) -> None:
        with s3.errors():
            s3.client().upload_file(str(path), self._bucket, self._prefix + name)

    def get(self, name: str, path: Path) -> None:
        with s3.errors():
            s3.client().download_file(self._bucket, self._prefix + name, str(path))
