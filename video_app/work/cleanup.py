"""What lies in the media for no row: removed once it is certain, and never by the dozen.

What may belong to somebody (no row knows it) goes to `.quarantine/` first and is deleted
days later; what a row says is spent (a retired build, a dead lease's folder) goes at once.
Every removal is logged.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from video_app.models import (
    Build,
    BuildState,
    Chunk,
    ChunkState,
    FormerSource,
    Installation,
    State,
    Video,
    held_keys,
)
from video_app.pipeline.layout import LEASE_FOLDER
from video_app.pipeline.source import SEEKABLE
from video_app.store import files, local, the_store
from video_app.streaming import pictures
from video_app.work import clock, posters

logger = logging.getLogger(__name__)

# Younger files may belong to an upload whose row is not committed yet.
ORPHAN_SECONDS = 24 * 3600
# A bucket is looked through for orphans so often.
# Whoever still works for a row that is gone has noticed after so many leases.
NOTICE_LEASES = 10
LOOK_SECONDS = 6 * 3600
# Small posters, which are made again when somebody asks.
PICTURE_SECONDS = 90 * 24 * 3600
QUARANTINE = ".quarantine"
QUARANTINE_SECONDS = 7 * 24 * 3600
# More films without a row than this at once, and somebody has to look first.
MAX_ORPHANS = 5
FOLDERS = {"video_file": "sources", "thumbnail": "thumbnails", "poster": "posters"}


def clean(*, dry_run: bool = False, remove_orphans: bool = False) -> Counter[str]:
    """Remove leftovers, orphans only if they are few or if somebody has said so; how many."""
    folders, copies = list(_expired_builds()), list(_spent_copies())
    work, drafts = list(_dead_work()), list(_stale_files())  # on this machine's own disk
    lone_folders, lone_files = list(orphan_folders()), list(_orphan_files())
    withheld = 0 if remove_orphans else _too_many(lone_folders, lone_files)
    if withheld:
        lone_folders, lone_files = [], []
    if not dry_run:
        clean_known()
        Installation.objects.exclude(orphans=withheld).update(orphans=withheld)
        quarantine(lone_folders + lone_files)
        _delete(folders + copies + list(_spent_quarantine()))
        _delete_here(work + drafts)
        the_store().sweep()
        _expired_rows().delete()
    return Counter(
        folders=len(folders + work + lone_folders), files=len(copies + drafts + lone_files)
    )


def clean_known() -> Counter[str]:
    """Remove what rows name as gone; nothing has to be looked for."""
    noticed = clock.ago(NOTICE_LEASES * settings.LEASE_SECONDS)
    return Counter(tombstones=files.remove_buried(before=noticed))


def is_turn() -> bool:
    """Whether to look through the store now: a folder always, a bucket once in a while, and
    for all workers together."""
    if the_store().puts_at_once:
        return True
    is_long_ago = Q(cleaned_at=None) | Q(cleaned_at__lt=clock.ago(LOOK_SECONDS))
    return bool(Installation.objects.filter(is_long_ago, pk=1).update(cleaned_at=clock.now()))


def _too_many(folders: list[str], files: list[str]) -> int:
    """How many orphaned films there are; 0 when only as many as accidents leave behind."""
    films = len(folders) + sum(key.startswith("sources/") for key in files)
    if films <= MAX_ORPHANS:
        return 0
    logger.error("cleanup_braked", extra={"orphans": films, "most": MAX_ORPHANS})
    return films


def quarantine(keys: Iterable[str]) -> None:
    for key in sorted(keys):
        target = f"{QUARANTINE}/{time.time_ns()}-{key.replace('/', '-')}"
        try:
            the_store().move(key, target)
        except OSError as error:  # gone already, or in the way: next time
            logger.warning("not_quarantined", extra={"key": key, "error": str(error)})
            continue
        logger.warning("orphan_quarantined", extra={"key": key, "to": target})


def _spent_quarantine() -> Iterator[str]:
    """What has been there for a week, by the nanoseconds that its name begins with."""
    since = (time.time() - QUARANTINE_SECONDS) * 1e9
    for entry in the_store().list(QUARANTINE):
        moment = _name(entry.key).split("-")[0]
        if moment.isdecimal() and int(moment) < since:
            yield entry.key


def _delete(keys: Iterable[str]) -> None:
    for key in sorted(keys):
        logger.info("leftover_removed", extra={"key": key})
        the_store().remove(key)


def _delete_here(paths: Iterable[Path]) -> None:
    for path in sorted(paths):
        logger.info("leftover_removed", extra={"key": local.key(path)})
        local.remove(path)


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _expired_rows() -> Any:
    since = clock.ago(settings.RETIRED_BUILD_SECONDS)
    is_shown = Video.objects.filter(current_build__isnull=False).values("current_build")
    may_return = FormerSource.objects.filter(build__isnull=False).values("build")
    expired = Build.objects.filter(retired_at__lt=since)
    return expired.exclude(pk__in=is_shown).exclude(pk__in=may_return)


def _expired_builds() -> Iterator[str]:
    """Folders of builds that no player can still be using; a failed one has none to keep."""
    for build in [*_expired_rows(), *Build.objects.filter(state=BuildState.FAILED)]:
        if next(the_store().list(build.prefix), None):
            yield build.prefix


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


def orphan_folders() -> Iterator[str]:
    """Folders under `hls/` without a row; those of unknown films with all that is in them."""
    films = _numbered("hls")
    unknown = set(_unknown(films, Video.objects))
    yield from unknown
    known = (key for key in films.values() if key not in unknown)
    builds = {pk: key for film in known for pk, key in _numbered(film).items()}
    yield from _unknown(builds, Build.objects)


def _numbered(prefix: str) -> dict[int, str]:
    names = {entry.key: _name(entry.key) for entry in the_store().list(prefix)}
    return {int(name): key for key, name in names.items() if name.isdecimal()}


def _unknown(folders: dict[int, str], rows: Any) -> Iterator[str]:
    """Those without a row. A row is older than its folder, always."""
    known = set(rows.filter(pk__in=folders).values_list("pk", flat=True))
    yield from (folder for pk, folder in folders.items() if pk not in known)


def _orphan_files() -> Iterator[str]:
    """Uploads that no row knows: cut off, replaced, or left by a deleted video."""
    for field, folder in FOLDERS.items():
        old = list(_over(folder, ORPHAN_SECONDS))
        known = set(Video.objects.values_list(field, flat=True)) if old else set()
        known |= held_keys() if old else set()
        yield from (key for key in old if key.removesuffix(SEEKABLE) not in known)


def _stale_files() -> Iterator[Path]:
    """What an upload or a copy that was broken off has left on this machine, and old pictures."""
    yield from _old_files(local.UPLOADS, ORPHAN_SECONDS)
    yield from _old_files(pictures.FOLDER, PICTURE_SECONDS)


def _old_files(folder: str, seconds: int) -> Iterator[Path]:
    since = time.time() - seconds
    for path in local.path(folder).glob("*"):
        with suppress(OSError):  # another sweeper was faster, or it cannot be looked at
            if path.stat().st_mtime < since:
                yield path


def _over(prefix: str, seconds: int) -> Iterator[str]:
    """Files that were last changed longer ago."""
    since = time.time() - seconds
    for entry in the_store().list(prefix):
        if not entry.is_folder and entry.modified < since:
            yield entry.key


def _spent_copies() -> Iterator[str]:
    """Copies made for seeking, of films that are done with and have their poster."""
    copies = [e.key for e in the_store().list("sources") if e.key.endswith(SEEKABLE)]
    unfinished = Q(state__in=(State.PENDING, State.PROCESSING))
    mending = Q(builds__chunks__state=ChunkState.DUE, builds__state=BuildState.COMPLETE)
    rows = Video.objects.filter(unfinished | mending | posters.lacking())
    needed = set(rows.values_list("video_file", flat=True)) if copies else set()
    yield from (key for key in copies if key.removesuffix(SEEKABLE) not in needed)
