"""The sweeper: whatever was lost between database, queue and disk is found here.

Runs at worker start, every SWEEP_SECONDS in each worker, and as `manage.py reconcile`.
Safe to run anywhere, any number of times at once.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from video_app import leases, services, storing
from video_app.models import Build, BuildState, Chunk, State, Video
from video_app.pipeline.layout import LEASE_FOLDER
from video_app.pipeline.source import PARTIAL, SEEKABLE

# Younger files may belong to an upload whose row is not committed yet.
ORPHAN_SECONDS = 24 * 3600
# A copy that is being made is written to all the time.
STALE_SECONDS = 15 * 60
# The job that makes a poster takes less.
POSTER_SECONDS = 15 * 60
# Of a whole catalogue, when the bucket is new.
STORES_AT_ONCE = 50
FOLDERS = {"video_file": "sources", "thumbnail": "thumbnails", "poster": "posters"}


@dataclass(slots=True)
class Sweep:
    """How many of each were put right."""

    plans: int = 0
    chunks: int = 0
    finishes: int = 0
    posters: int = 0
    stores: int = 0
    chores: int = 0
    given_up: int = 0
    folders: int = 0
    files: int = 0

    def __str__(self) -> str:
        found = [f"{count} {name}" for name, count in asdict(self).items() if count]
        return ", ".join(found) or "nothing to do"

    def __iadd__(self, other: "Sweep") -> "Sweep":
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        return self


def reconcile(*, dry_run: bool = False) -> Sweep:
    """Ring again for due work, give up on hopeless work, remove leftovers."""
    found = _sweep_work(dry_run=dry_run)
    found += _sweep_storage(dry_run=dry_run)
    return found


def _overdue() -> Q:
    """Nobody works on it, and nobody has rung for it lately."""
    since = timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS / 2)
    return leases.is_free() & (Q(enqueued_at=None) | Q(enqueued_at__lt=since))


def _sweep_work(*, dry_run: bool) -> Sweep:
    hopeless = Q(attempts__gte=settings.MAX_ATTEMPTS)
    plans = services.plannable().filter(_overdue())
    chunks = services.wanted_chunks().filter(_overdue())
    finishes = services.finishable().filter(_overdue())
    posters = services.posterless().filter(_overdue()).exclude(hopeless)
    # Those that have waited longest: some may be impossible to copy.
    waiting = services.storable().filter(_overdue())
    stores = waiting.order_by(F("enqueued_at").asc(nulls_first=True), "pk")[:STORES_AT_ONCE]
    lost_builds = set(chunks.filter(hopeless).values_list("build_id", flat=True))
    bare_builds = list(finishes.filter(hopeless).values_list("pk", flat=True))
    found = Sweep(
        plans=plans.exclude(hopeless).count(),
        chunks=chunks.exclude(hopeless).count(),
        finishes=finishes.exclude(hopeless).count(),
        posters=posters.count(),
        stores=waiting.count(),
        chores=storing.chores(),
        given_up=plans.filter(hopeless).count() + len(lost_builds) + len(bare_builds),
    )
    if not dry_run:
        _ring(plans.exclude(hopeless), chunks.exclude(hopeless), finishes.exclude(hopeless))
        for video in posters:
            services.request_poster(video.pk, video.source_revision)
        for build_id in stores.values_list("pk", flat=True):
            services.request_store(build_id)
        if found.chores:
            services.request_tidying()
        for video in plans.filter(hopeless):
            services.give_up(video.pk)
        for build_id in lost_builds:
            services.fail_build(build_id, services.GAVE_UP)
        for build_id in bare_builds:
            services.finish_bare(build_id)
    return found


def _ring(plans: Any, chunks: Any, finishes: Any) -> None:
    for video in plans:
        services.request_plan(video.pk, video.source_revision)
    for build in Build.objects.filter(pk__in=chunks.values("build_id")).order_by("pk"):
        indexes = list(chunks.filter(build=build).values_list("index", flat=True))
        services.request_chunks(build, build.plan, indexes)
    for build in finishes:
        services.request_finish(build.pk)


def _sweep_storage(*, dry_run: bool) -> Sweep:
    found = Sweep()
    for folder in [*_expired_builds(), *_dead_work(), *_orphan_folders(), *_dead_posters()]:
        found.folders += 1
        if not dry_run:
            _remove(folder)
    for file in [*_orphan_files(), *_spent_copies()]:
        found.files += 1
        if not dry_run:
            _remove(file)
    if not dry_run:
        _expired_rows().delete()
    return found


def _remove(path: Path) -> None:
    """What is gone already, or cannot be removed, is no reason to stop sweeping."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink()


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)


def _expired_rows() -> Any:
    since = timezone.now() - timedelta(seconds=settings.RETIRED_BUILD_SECONDS)
    is_shown = Video.objects.filter(current_build__isnull=False).values("current_build")
    return Build.objects.filter(retired_at__lt=since).exclude(pk__in=is_shown)


def _expired_builds() -> Iterator[Path]:
    """Folders of builds that no player can still be using; a failed one has none to keep."""
    for build in [*_expired_rows(), *Build.objects.filter(state=BuildState.FAILED)]:
        folder = _root() / build.prefix
        if folder.exists():
            yield folder


def _dead_work() -> Iterator[Path]:
    """Work folders of workers that are gone."""
    folders = list(_root().glob(f"hls/*/*/{LEASE_FOLDER}*"))
    if not folders:
        return
    held = Q(lease_token__isnull=False, lease_until__gt=timezone.now())
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
    folders = (path for path in _root().glob("posters/*") if path.is_dir())
    yield from (folder for folder in folders if _is_old(folder, POSTER_SECONDS))


def _orphan_folders() -> Iterator[Path]:
    """Folders under `hls/` without a row. A row is older than its folder, always."""
    for pattern, rows in (("hls/*", Video.objects), ("hls/*/*", Build.objects)):
        folders = {int(f.name): f for f in _root().glob(pattern) if f.name.isdecimal()}
        known = set(rows.filter(pk__in=folders).values_list("pk", flat=True))
        yield from (folder for pk, folder in folders.items() if pk not in known)


def _orphan_files() -> Iterator[Path]:
    """Uploads that no row knows: cut off, replaced, or left by a deleted video."""
    for field, folder in FOLDERS.items():
        old = [f for f in _root().glob(f"{folder}/*") if _is_old(f, ORPHAN_SECONDS)]
        known = set(Video.objects.values_list(field, flat=True)) if old else set()
        for file in old:
            is_partial = file.name.endswith(PARTIAL)  # see below
            if not is_partial and f"{folder}/{file.name.removesuffix(SEEKABLE)}" not in known:
                yield file
    yield from (f for f in _root().glob("tmp/*") if _is_old(f, ORPHAN_SECONDS))
    yield from (f for f in _root().glob(f"sources/*{PARTIAL}") if _is_old(f, STALE_SECONDS))


def _is_old(path: Path, seconds: int) -> bool:
    try:
        return path.stat().st_mtime < time.time() - seconds
    except OSError:  # another sweeper was faster, or it cannot be looked at
        return False


def _spent_copies() -> Iterator[Path]:
    """Copies made for seeking, of films that are done with and have their poster."""
    copies = list(_root().glob(f"sources/*{SEEKABLE}"))
    unfinished = Q(state__in=(State.PENDING, State.PROCESSING))
    rows = Video.objects.filter(unfinished | services.lacks_poster())
    needed = set(rows.values_list("video_file", flat=True)) if copies else set()
    for copy in copies:
        if f"sources/{copy.name.removesuffix(SEEKABLE)}" not in needed:
            yield copy
