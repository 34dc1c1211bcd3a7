"""A finished film's way into the bucket, and what may go from here once it is there.

Local files are deleted only after the bucket's listing confirms them. What is missing
there, because the bucket is another one or somebody emptied it, is put there again.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from video_app.models import Build, BuildState, State, Tombstone, Video
from video_app.pipeline import layout, subtitles
from video_app.store import bucket, identity, local
from video_app.streaming import film_cache
from video_app.work import clock, posters, queue, sources
from video_app.work.kind import Kind
from video_app.work.lease import UNHURT, Lease

logger = logging.getLogger(__name__)

# Whoever still copies for a build that is gone has noticed after so many leases.
NOTICE_LEASES = 10
# Of a whole catalogue, when the bucket is new.
AT_ONCE = 50


def due() -> Any:
    """Builds that players get from here, and should get from the bucket."""
    here = Build.objects.filter(
        state=BuildState.COMPLETE, stored_at=None, retired_at=None, extras_at__isnull=False
    )
    return here if settings.USE_S3_MEDIA else here.none()


def request(rows: Any) -> None:
    """Enqueue a job for each; those that have waited longest, as some may be impossible to copy."""
    waiting = rows.order_by(F("enqueued_at").asc(nulls_first=True), "pk")
    for pk in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        Build.objects.filter(pk=pk).update(enqueued_at=clock.now())
        queue.enqueue(queue.STORE, queue.Call("store_build", (pk,)))


def run(lease: Lease) -> None:
    with lease.held(failed):
        build = Build.objects.select_related("video").get(pk=lease.pk)
        copy(build, watch=lease.keep)
        if lease.wanted.exists() and lease.release(stored_at=clock.now(), **UNHURT):
            film_cache.forget([build.video_id])


def failed(lease: Lease, error: Exception) -> None:
    """No attempt is the last: the film plays from here meanwhile. Others have their turn."""
    if lease.release(attempts=0, enqueued_at=clock.now()):
        logger.warning("storing_failed", extra={"build": lease.pk, "reason": str(error)})


KIND = Kind("stores", due, request, run)


# --- what lies in the bucket --------------------------------------------------------


def in_bucket() -> Any:
    """Builds that lie there, and players are sent there."""
    stored = Build.objects.filter(stored_at__isnull=False)
    return stored if settings.USE_S3_MEDIA else stored.none()


def copy(build: Build, *, watch: Callable[[], None]) -> None:
    """Put everything of a build into the bucket that is not there yet, and its source.

    `FileNotFoundError` when a file is missing here, `bucket.BucketError`.
    """
    bucket.put(_missing(build, [*_files(build), *_source(build)]), watch=watch)


def _missing(build: Build, files: list[tuple[Path, str]]) -> list[tuple[Path, str]]:
    """Those of some local files that are not in the bucket, or not whole."""
    stored = bucket.sizes(build.prefix)
    return [(path, key) for path, key in files if stored.get(key) != path.stat().st_size]


def _files(build: Build) -> Iterator[tuple[Path, str]]:
    """Every file that players may ask for, here and there."""
    plan, prefix = build.plan, build.prefix
    texts = range(subtitles.segment_count(plan.duration))
    keys = [
        *(
            layout.segment_key(prefix, name, n)
            for name in plan.folders
            for n in range(plan.segments)
        ),
        *(layout.progressive_key(prefix, rung) for rung in build.progressive),
        *(layout.subtitle_key(prefix, t, n) for t in range(build.subtitles) for n in texts),
        *(layout.storyboard_key(prefix, n) for n in range(build.storyboard_sheets)),
    ]
    return ((local.path(key), key) for key in keys)


def _source(build: Build) -> Iterator[tuple[Path, str]]:
    if build.source_revision == build.video.source_revision:
        path = sources.uploaded(build.video)
        yield path, layout.stored_source_key(build.prefix, path.name)


def bring_back(video: Video, *, watch: Callable[[], None]) -> None:
    """Fetch a source that has moved to the bucket with its film."""
    path = sources.uploaded(video)
    build = in_bucket().filter(pk=video.current_build_id).first()
    if build and not path.exists():
        key = layout.stored_source_key(build.prefix, path.name)
        try:
            bucket.fetch(key, path, watch=watch)
        except bucket.BucketError as error:  # no fault of the film: it waits
            raise local.AwayError(f"{key} cannot be fetched. {error}") from error


# --- what may go --------------------------------------------------------------------


def leftovers() -> int:
    """How much `tidy` would look at."""
    if not settings.USE_S3_MEDIA:
        return 0
    return len([*_tombstones(), *_spent_builds(), *_spent_sources()])


def request_tidying() -> None:
    """Have a worker look at what may go from here and from the bucket."""
    queue.enqueue(queue.STORE, queue.Call("tidy_bucket"))


def tidy() -> None:
    """Remove from the bucket what is gone here, and from here what lies in the bucket."""
    if not settings.USE_S3_MEDIA:
        return
    identity.check()
    for tombstone in _tombstones():
        bucket.remove(tombstone.prefix)
        tombstone.delete()
    for build in _spent_builds():
        _remove_segments(build)
    for build in _spent_sources():
        _remove_source(build)


def _tombstones() -> Any:
    noticed = clock.ago(NOTICE_LEASES * settings.LEASE_SECONDS)
    return Tombstone.objects.filter(created_at__lt=noticed)


def _spent_builds() -> list[Build]:
    """Those with local files too. Whoever watches since before they were in the bucket has a
    playlist that leads here."""
    since = clock.ago(settings.RETIRED_BUILD_SECONDS)
    here = [int(path.name) for path in local.root().glob("hls/*/*") if path.name.isdecimal()]
    return list(in_bucket().filter(pk__in=here, stored_at__lt=since))


def _remove_segments(build: Build) -> None:
    folder = local.path(build.prefix)
    files = [(path, local.key(path)) for path in folder.rglob("*") if path.is_file()]
    if missing := _missing(build, files):
        _put_right(build, missing)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _put_right(build: Build, missing: list[tuple[Path, str]]) -> None:
    """A film that is here in full plays from here until it is copied again."""
    if not all(path.exists() for path, _ in _files(build)):
        bucket.put(missing, watch=lambda: None)
        return
    Build.objects.filter(pk=build.pk).update(stored_at=None)
    film_cache.forget([build.video_id])
    logger.warning("not_in_bucket", extra={"build": build.pk})


def _spent_sources() -> list[Build]:
    here = [local.key(path) for path in local.root().glob("sources/*")]
    return list(_done_with().filter(video__video_file__in=here).select_related("video"))


def _done_with() -> Any:
    """Builds in the bucket whose film needs its source here for nothing."""
    return (
        in_bucket()
        .filter(
            pk=F("video__current_build"),
            source_revision=F("video__source_revision"),
            video__state=State.COMPLETED,
        )
        .exclude(video__in=Video.objects.filter(posters.lacking()))
    )


def _remove_source(build: Build) -> None:
    ((path, key),) = _source(build)
    if missing := _missing(build, [(path, key)]):
        _put_right(build, missing)
        return
    with transaction.atomic():
        # Whoever wants to plan has to wait for this row, and finds the source or fetches it.
        Video.objects.filter(pk=build.video_id).select_for_update(of=("self",)).first()
        if _done_with().filter(pk=build.pk).exists():
            path.unlink(missing_ok=True)
