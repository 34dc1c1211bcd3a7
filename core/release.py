"""A word for what a folder holds, so that addresses can change with it."""

import hashlib
from pathlib import Path


def release_of(folder: Path) -> str:
    """A word that changes whenever a file in the folder does."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
