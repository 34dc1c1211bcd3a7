"""Whether the packages in `.venv/` are as pip wrote them."""

import csv
from pathlib import Path

from launcher.tools import packages_folder


def half_installed() -> list[str]:
    """The packages (name and version) of which files are missing or cut short."""
    return [" ".join(path.stem.split("-")) for path in half_installed_metadata()]


def half_installed_metadata() -> list[Path]:
    found = packages_folder().glob("*.dist-info")
    return [metadata for metadata in found if not _is_whole(metadata)]


def _is_whole(metadata: Path) -> bool:
    """Whether pip came to its end with this package, and its files are as it wrote them."""
    record = metadata / "RECORD"
    if not record.exists() or not (metadata / "INSTALLER").exists():
        return False
    with record.open(newline="") as file:
        return all(_is_as_recorded(metadata.parent, row) for row in csv.reader(file) if row)


def _is_as_recorded(folder: Path, row: list[str]) -> bool:
    """`row` is path, hash and size; the last two may be missing."""
    name, size = row[0], row[-1]
    if name.endswith(".pyc"):
        return True
    path = folder / name
    return path.exists() and (not size.isdigit() or path.stat().st_size == int(size))
