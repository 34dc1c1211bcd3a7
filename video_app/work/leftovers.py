"""What is spent, by what rows say or by its age: retired builds, dead leases' folders, copies."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db.models import Q

from video_app.models import Build, BuildState, Chunk, ChunkState, FormerSource, State, Video
from video_app.pipeline.layout import LEASE_FOLDER
from video_app.pipeline.seekable import SEEKABLE
from video_app.store import local, the_store
from video_app.streaming import pictures
from video_app.work import clock, posters
from video_app.work.orphans import ORPHAN_SECONDS

# Small posters, which are made again when somebody asks.
PICTURE_SECONDS = 90 * 24 * 3600


def expired_rows() -> Any:
    since = clock.ago(settings.RETIRED_BUILD_SECONDS)
    is_shown = Video.objects.filter(current_build__isnull=False).values("current_build")
    may_return = FormerSource.objects.filter(build__isnull=False).values("build")
    expired = Build.objects.filter(retired_at__lt=since)
    return expired.exclude(pk__in=is_shown).exclude(pk__in=may_return)


def expired_builds() -> Iterator[str]:
    """Folders of builds that no player can still be using; a failed one has none to keep."""
    for build in [*expired_rows(), *Build.objects.filter(state=BuildState.FAILED)]:
        if next(the_store().list(build.prefix), None):
            yield build.prefix


def dead_work() -> Iterator[str]:
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
            yield local.key(folder)


def stale_files() -> Iterator[str]:
    """What an upload or a copy that was broken off has left on this machine, and old pictures."""
    yield from _old_files(local.UPLOADS, ORPHAN_SECONDS)
    yield from _old_files(pictures.FOLDER, PICTURE_SECONDS)


def _old_files(folder: str, seconds: int) -> Iterator[str]:
    since = time.time() - seconds
    for path in local.path(folder).glob("*"):
        with suppress(OSError):  # another sweeper was faster, or it cannot be looked at
            if path.stat().st_mtime < since:
                yield local.key(path)


def spent_copies() -> Iterator[str]:
    """Copies made for seeking, of films that are done with and have their poster."""
    copies = [e.key for e in the_store().list("sources") if e.key.endswith(SEEKABLE)]
    unfinished = Q(state__in=(State.PENDING, State.PROCESSING))
    mending = Q(builds__chunks__state=ChunkState.DUE, builds__state=BuildState.COMPLETE)
    rows = Video.objects.filter(unfinished | mending | posters.lacking())
    needed = set(rows.values_list("video_file", flat=True)) if copies else set()
    yield from (key for key in copies if key.removesuffix(SEEKABLE) not in needed)
