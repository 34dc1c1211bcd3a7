"""What lies in the media for no row: removed once it is certain, and never by the dozen.

What may belong to somebody (no row knows it) goes to `.quarantine/` first and is deleted
days later; what a row says is spent (a retired build, a dead lease's folder) goes at once.
Every removal is logged.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from video_app.models import (
    Build,
    BuildState,
    Chunk,
    ChunkState,
    Installation,
    State,
    Upload,
    Video,
)
from video_app.pipeline.layout import LEASE_FOLDER
from video_app.pipeline.source import PARTIAL, SEEKABLE
from video_app.store import local
from video_app.work import clock, posters

logger = logging.getLogger(__name__)

# Younger files may belong to an upload whose row is not committed yet.
ORPHAN_SECONDS = 24 * 3600
# A copy that is being made is written to all the time.
STALE_SECONDS = 15 * 60
# The job that makes a poster takes less.
POSTER_SECONDS = 15 * 60
QUARANTINE = ".quarantine"
QUARANTINE_SECONDS = 7 * 24 * 3600
# More films without a row than this at once, and somebody has to look first.
MAX_ORPHANS = 5
FOLDERS = {"video_file": "sources", "thumbnail": "thumbnails", "poster": "posters"}


def clean(*, dry_run: bool = False, remove_orphans: bool = False) -> Counter[str]:
    """Remove leftovers, orphans only if they are few or if somebody has said so; how many."""
    folders = [*_expired_builds(), *_dead_work(), *_dead_posters()]
    files = [*_spent_copies(), *_stale_files()]
    lone_folders, lone_files = list(orphan_folders()), list(_orphan_files())
    withheld = 0 if remove_orphans else _too_many(lone_folders, lone_files)
    if withheld:
        lone_folders, lone_files = [], []
    if not dry_run:
        Installation.objects.exclude(orphans=withheld).update(orphans=withheld)
        quarantine(lone_folders + lone_files)
        _delete(folders + files)
        _delete(_over(local.path(QUARANTINE).glob("*"), QUARANTINE_SECONDS))
        _expired_rows().delete()
    return Counter(folders=len(folders + lone_folders), files=len(files + lone_files))


def _too_many(folders: list[Path], files: list[Path]) -> int:
    """How many orphaned films there are; 0 when only as many as accidents leave behind."""
    films = len(folders) + sum(file.parent.name == "sources" for file in files)
    if films <= MAX_ORPHANS:
        return 0
    logger.error("cleanup_braked", extra={"orphans": films, "most": MAX_ORPHANS})
    return films


def quarantine(paths: Iterable[Path]) -> None:
    for path in sorted(paths):
        target = local.path(QUARANTINE) / f"{time.time_ns()}-{local.key(path).replace('/', '-')}"
        try:
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
            os.utime(target)
        except OSError as error:  # gone already, or in the way: next time
            logger.warning("not_quarantined", extra={"key": local.key(path), "error": str(error)})
            continue
        logger.warning(
            "orphan_quarantined", extra={"key": local.key(path), "to": local.key(target)}
        )


def _delete(paths: Iterable[Path]) -> None:
    for path in sorted(paths):
        logger.info("leftover_removed", extra={"key": local.key(path)})
        local.remove(path)


def _expired_rows() -> Any:
    since = clock.ago(settings.RETIRED_BUILD_SECONDS)
    is_shown = Video.objects.filter(current_build__isnull=False).values("current_build")
    return Build.objects.filter(retired_at__lt=since).exclude(pk__in=is_shown)


def _expired_builds() -> Iterator[Path]:
    """Folders of builds that no player can still be using; a failed one has none to keep."""
    for build in [*_expired_rows(), *Build.objects.filter(state=BuildState.FAILED)]:
        folder = local.path(build.prefix)
        if folder.exists():
            yield folder


def _dead_work() -> Iterator[Path]:
    """Work folders of leases that are over."""
    folders = list(local.root().glob(f"hls/*/*/{LEASE_FOLDER}*"))
    if not folders:
        return
    held = Q(lease_token__isnull=False, lease_until__gt=clock.now())
    live = {
        str(token)
        for model in (Chunk, Build, Video)
        for token in model.objects.filter(held).values_list("lease_token", flat=True)
    }
    for folder in folders:
        if folder.name.removeprefix(LEASE_FOLDER) not in live:
            yield folder


def _dead_posters() -> Iterator[Path]:
    """Where posters were being chosen when their job died."""
    folders = (path for path in local.root().glob("posters/*") if path.is_dir())
    yield from _over(folders, POSTER_SECONDS)


def orphan_folders() -> Iterator[Path]:
    """Folders under `hls/` without a row; those of unknown films with all that is in them."""
    films = set(_unknown("hls/*", Video.objects))
    yield from films
    builds = _unknown("hls/*/*", Build.objects)
    yield from (folder for folder in builds if folder.parent not in films)


def _unknown(pattern: str, rows: Any) -> Iterator[Path]:
    """Numbered folders without a row. A row is older than its folder, always."""
    folders = {int(f.name): f for f in local.root().glob(pattern) if f.name.isdecimal()}
    known = set(rows.filter(pk__in=folders).values_list("pk", flat=True))
    yield from (folder for pk, folder in folders.items() if pk not in known)


def _orphan_files() -> Iterator[Path]:
    """Uploads that no row knows: cut off, replaced, or left by a deleted video."""
    for field, folder in FOLDERS.items():
        files = (path for path in local.root().glob(f"{folder}/*") if path.is_file())
        old = [f for f in _over(files, ORPHAN_SECONDS) if not f.name.endswith(PARTIAL)]
        known = set(Video.objects.values_list(field, flat=True)) if old else set()
        known |= set(Upload.objects.values_list("key", flat=True)) if old else set()
        for file in old:
            if f"{folder}/{file.name.removesuffix(SEEKABLE)}" not in known:
                yield file


def _stale_files() -> Iterator[Path]:
    """What an upload or a copy that was broken off has left."""
    yield from _over(local.root().glob("tmp/*"), ORPHAN_SECONDS)
    yield from _over(local.root().glob(f"sources/*{PARTIAL}"), STALE_SECONDS)


def _over(paths: Iterable[Path], seconds: int) -> Iterator[Path]:
    """Those that were last changed longer ago."""
    return (path for path in paths if _is_old(path, seconds))


def _is_old(path: Path, seconds: int) -> bool:
    try:
        return path.stat().st_mtime < time.time() - seconds
    except OSError:  # another sweeper was faster, or it cannot be looked at
        return False


def _spent_copies() -> Iterator[Path]:
    """Copies made for seeking, of films that are done with and have their poster."""
    copies = list(local.root().glob(f"sources/*{SEEKABLE}"))
    unfinished = Q(state__in=(State.PENDING, State.PROCESSING))
    mending = Q(builds__chunks__state=ChunkState.DUE, builds__state=BuildState.COMPLETE)
    rows = Video.objects.filter(unfinished | mending | posters.lacking())
    needed = set(rows.values_list("video_file", flat=True)) if copies else set()
    for copy in copies:
        if f"sources/{copy.name.removesuffix(SEEKABLE)}" not in needed:
            yield copy
