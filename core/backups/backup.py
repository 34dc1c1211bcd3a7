"""Making a backup, and an installation of one.

The database comes first, then the files: what is uploaded meanwhile is not in it, what is deleted
meanwhile is named as lost. The manifest is written last; without one there is no backup.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from core.backups import rows
from core.backups.places import Place
from video_app.catalogue import index
from video_app.models import Installation, Video
from video_app.store import identity, local, the_store

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
VERSION = 1
# Without `hls` films are encoded again after a restore.
SOURCES = ("sources", "thumbnails", "posters")
ALL = (*SOURCES, "hls")


class BackupError(Exception):
    """Why there can be no backup, or none can be restored; for people."""


@dataclass
class Manifest:
    database: str
    made_at: str
    migrations: list[str]
    rows: dict[str, int]
    files: dict[str, int] = field(default_factory=dict)
    version: int = VERSION


def make(place: Place, *, prefixes: tuple[str, ...] = ALL) -> tuple[Manifest, list[str]]:
    """Back everything up; the manifest, and the keys of files that went away meanwhile.

    `AwayError` when the media are: a backup without its files is none.
    """
    identity.check()
    name = f"database-{timezone.now():%Y%m%dT%H%M%S%f}.jsonl.gz"
    with local.work_folder() as folder:  # in a container `/tmp` is memory
        draft = folder / name
        counts = rows.write(draft)
        manifest = Manifest(name, timezone.now().isoformat(), rows.migrations(), counts)
        place.put(draft, name)
        lost = _copy_files(place, manifest, prefixes)
        text = folder / MANIFEST
        text.write_text(json.dumps(asdict(manifest)))
        place.put(text, MANIFEST)
    return manifest, lost


def _copy_files(place: Place, manifest: Manifest, prefixes: tuple[str, ...]) -> list[str]:
    """Copy what is not there; files never change under their key."""
    there, lost = place.sizes(), []
    for key, size in _files(prefixes):
        try:
            if there.get(key) != size:
                with the_store().folder([key]) as folder:
                    place.put(folder / Path(key).name, key)
            manifest.files[key] = size
        except FileNotFoundError:
            lost.append(key)
    return lost


def _files(prefixes: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for prefix in prefixes:
        found = the_store().sizes(prefix)
        yield from ((key, size) for key, size in sorted(found.items()) if "/.lease-" not in key)


def restore(place: Place) -> tuple[Manifest, list[str]]:
    """Fill an empty installation; the manifest, and what was wrong with the backup."""
    with local.work_folder() as folder:
        manifest = _read_manifest(place, folder)
        _refuse_full_installation()
        draft = folder / manifest.database
        place.get(manifest.database, draft)
        problems = _compared(manifest, rows.read(draft))
        problems += _bring_files(place, manifest, folder)
    identity.write_mark(Installation.objects.get_or_create(pk=1)[0].media_id)
    index.catch_up()
    return manifest, problems


def _read_manifest(place: Place, folder: Path) -> Manifest:
    draft = folder / MANIFEST
    try:
        place.get(MANIFEST, draft)
        found: dict[str, Any] = json.loads(draft.read_text())
    except (FileNotFoundError, json.JSONDecodeError) as error:
        raise BackupError("There is no whole backup: it has no manifest.") from error
    if found.get("version") != VERSION:
        raise BackupError("This backup was made by another version of this command.")
    manifest = Manifest(**found)
    if manifest.migrations != rows.migrations():
        raise BackupError("The backup is of another release: check that one out, restore, upgrade.")
    return manifest


def _refuse_full_installation() -> None:
    if Video.objects.exists() or get_user_model().objects.filter(is_superuser=False).exists():
        raise BackupError("This installation has films or accounts. Restore into an empty one.")
    if any(the_store().sizes(prefix) for prefix in ALL):
        raise BackupError("There are files in this installation's store. It has to be empty.")


def _compared(manifest: Manifest, counts: dict[str, int]) -> list[str]:
    return [
        f"{label}: {counts.get(label, 0)} rows instead of {count}"
        for label, count in manifest.rows.items()
        if counts.get(label, 0) != count
    ]


def _bring_files(place: Place, manifest: Manifest, folder: Path) -> list[str]:
    problems = []
    for key, size in manifest.files.items():
        draft = folder / "file"
        try:
            place.get(key, draft)
        except FileNotFoundError:
            problems.append(f"{key}: missing")
            continue
        if draft.stat().st_size != size:
            problems.append(f"{key}: {draft.stat().st_size} bytes instead of {size}")
        the_store().put([(draft, key)])
    return problems
