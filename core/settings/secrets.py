"""A secret of this installation, made on first use and kept in a private file."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def stored_secret(path: Path) -> str:
    """The secret in `path`; made (mode 0600) when there is none, or nothing in it.

    A machine that lost its power may leave a file of length 0, or one of zeros.
    """
    if secret := _read(path):
        return secret
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.parent):  # so that of several processes all get the first one's
        if not _read(path):
            _write(path, secrets.token_urlsafe(48))
    return _read(path)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("ascii").strip("\0 \t\r\n")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def _write(path: Path, text: str) -> None:
    """Aside, and on the disk before it takes its name: nobody reads half of it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # which unlocks it
