"""Folders and uploads that no row knows; whether they go, `cleanup` decides."""

import time
from collections.abc import Iterator
from typing import Any

from video_app.models import Build, Video, held_keys
from video_app.pipeline.seekable import SEEKABLE
from video_app.store import the_store

# Younger files may belong to an upload whose row is not committed yet.
ORPHAN_SECONDS = 24 * 3600
FOLDERS = {"video_file": "sources", "thumbnail": "thumbnails", "poster": "posters"}


def name_of(key: str) -> str:
    return key.rpartition("/")[2]


def orphan_folders() -> Iterator[str]:
    """Folders under `hls/` without a row; those of unknown films with all that is in them."""
    films = _numbered("hls")
    unknown = set(_unknown(films, Video.objects))
    yield from unknown
    known = (key for key in films.values() if key not in unknown)
    builds = {pk: key for film in known for pk, key in _numbered(film).items()}
    yield from _unknown(builds, Build.objects)


def _numbered(prefix: str) -> dict[int, str]:
    names = {entry.key: name_of(entry.key) for entry in the_store().list(prefix)}
    return {int(name): key for key, name in names.items() if name.isdecimal()}


def _unknown(folders: dict[int, str], rows: Any) -> Iterator[str]:
    """Those without a row. A row is older than its folder, always."""
    known = set(rows.filter(pk__in=folders).values_list("pk", flat=True))
    yield from (folder for pk, folder in folders.items() if pk not in known)


def orphan_files() -> Iterator[str]:
    """Uploads that no row knows: cut off, replaced, or left by a deleted video."""
    for field, folder in FOLDERS.items():
        old = list(older(folder, ORPHAN_SECONDS))
        known = set(Video.objects.values_list(field, flat=True)) if old else set()
        known |= held_keys() if old else set()
        yield from (key for key in old if key.removesuffix(SEEKABLE) not in known)


def older(prefix: str, seconds: int) -> Iterator[str]:
    """Files that were last changed longer ago."""
    since = time.time() - seconds
    for entry in the_store().list(prefix):
        if not entry.is_folder and entry.modified < since:
            yield entry.key
