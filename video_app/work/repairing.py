"""Encoding again what a finished film has lost: missing or damaged segments.

The film plays on meanwhile. A mended chunk has a new revision, which is in the address of its
segments: the old address may lie in caches for a year.
"""

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from video_app.models import Build, BuildState, Chunk, ChunkState
from video_app.pipeline import layout
from video_app.store import the_store
from video_app.streaming import film_cache
from video_app.work import clock, encoding, extras, planning, queue
from video_app.work.folders import work_folder
from video_app.work.kind import Kind
from video_app.work.lease import Lease, patiently

logger = logging.getLogger(__name__)


def due() -> Any:
    """Chunks of finished films that were done once and are not now."""
    return Chunk.objects.filter(
        state=ChunkState.DUE,
        build__state=BuildState.COMPLETE,
        build__retired_at=None,
        build__stored_at__isnull=not settings.USE_S3_MEDIA,  # not in an older place
        build__source_revision=F("build__video__source_revision"),
    )


def request(rows: Any) -> None:
    for pk, build_id, index in rows.values_list("pk", "build_id", "index"):
        Chunk.objects.filter(pk=pk).update(enqueued_at=clock.now())
        queue.enqueue(queue.URGENT, queue.Call("repair_chunk", (build_id, index)))


def run(lease: Lease) -> None:
    chunk = Chunk.objects.select_related("build__video").get(pk=lease.pk)
    build = chunk.build
    planning.provide_seekable(build.video, lease)
    with work_folder(build, lease) as work:
        report = encoding.encode(chunk, work, lease)
        place = encoding.put_first(chunk, work, lease)
        patiently(lambda: publish(lease, report, work, place))


def publish(lease: Lease, report: dict[str, Any], work: Path | None, place: str = "") -> bool:
    """Put the segments in the place of the damaged ones; whether it was still ours."""
    with transaction.atomic():
        encoding.lock_film(builds__chunks=lease.pk)
        chunk = lease.wanted.select_related("build").select_for_update(of=("self",)).first()
        if chunk is None:
            return False
        if work and not place:
            the_store().put(encoding.segment_files(chunk, work))
        done = {"state": ChunkState.DONE, "report": report, "done_at": clock.now(), "error": ""}
        where = {"place": place, "low_place": ""}
        lease.release(setback="", retry_at=None, revision=F("revision") + 1, **where, **done)
        _look_for_lost_extras(chunk.build)
        transaction.on_commit(lambda: film_cache.forget([chunk.build.video_id]))
    logger.warning("chunk_mended", extra={"build": chunk.build_id, "chunk": chunk.index})
    return True


def _look_for_lost_extras(build: Build) -> None:
    """With the last chunk back, have MP4s, storyboard and subtitles made again if they are gone."""
    if build.chunks.filter(state=ChunkState.DUE).exists() or not lost_extras(build):
        return
    Build.objects.filter(pk=build.pk).update(extras_at=None, attempts=0)
    extras.request(Build.objects.filter(pk=build.pk))


def lost_extras(build: Build) -> bool:
    keys = [
        *(layout.progressive_key(build.prefix, rung) for rung in build.progressive),
        *(layout.storyboard_key(build.prefix, number) for number in range(build.storyboard_sheets)),
        *(layout.subtitle_key(build.prefix, track, 0) for track in range(build.subtitles)),
    ]
    there = the_store().sizes(build.prefix)
    return not all(key in there for key in keys)


def failed(lease: Lease, error: Exception) -> None:
    """The film plays on with its hole; after the last attempt nobody tries again."""
    if not lease.release(error=str(error)[:300]):
        return
    logger.error("chunk_not_mended", extra={"chunk": lease.pk, "reason": str(error)})
    request(due().filter(pk=lease.pk, attempts__lt=settings.MAX_ATTEMPTS))


KIND = Kind("repairs", due, request, run, failed)
