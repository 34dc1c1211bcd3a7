"""The slow scrubber: the whole library is read about once a week, and damage is mended.

Segments are compared with the sizes and checksums in their chunks' reports.
"""

import logging
import time
import zlib
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from video_app.models import Build, BuildState, Chunk, ChunkState
from video_app.pipeline import layout
from video_app.store import the_store
from video_app.streaming import damage
from video_app.work import attempts, clock, queue, repairing
from video_app.work.kind import Kind
from video_app.work.lease import UNHURT, Lease

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 7 * 24 * 3600
# Of a whole library that was never looked at.
AT_ONCE = 20
# What reading may take from a disk that also serves films.
BYTES_PER_SECOND = 50 * 1024**2


def due() -> Any:
    """Those that nobody has read for a week."""
    long_ago = Q(verified_at=None) | Q(verified_at__lt=clock.ago(PERIOD_SECONDS))
    return verifiable().filter(long_ago)


def verifiable() -> Any:
    """Whole builds that players get, and that lie in the store."""
    return Build.objects.filter(
        state=BuildState.COMPLETE,
        extras_at__isnull=False,
        stored_at__isnull=not settings.USE_S3_MEDIA,
        pk=F("video__current_build"),
    )


def request(rows: Any) -> None:
    for pk in rows.order_by("verified_at", "pk").values_list("pk", flat=True)[:AT_ONCE]:
        Build.objects.filter(pk=pk).update(enqueued_at=clock.now())
        queue.enqueue(queue.TRANSCODE, queue.Call("verify_build", (pk,)))


def run(lease: Lease) -> int:
    """How many chunks are damaged."""
    build = Build.objects.get(pk=lease.pk)
    damaged = verify(build, lease)
    attempts.remove_spent(build)
    lease.release(verified_at=clock.now(), **UNHURT)
    return damaged


def verify(build: Build, lease: Lease) -> int:
    """Read every segment; have the chunks of damaged ones encoded again. How many those are."""
    found = 0
    for chunk in build.chunks.filter(state=ChunkState.DONE).order_by("index"):
        if not _is_whole(build, chunk, lease) and damage.request_again(build, chunk.index):
            found += 1
            logger.error("damage_found", extra={"build": build.pk, "chunk": chunk.index})
    if found:
        repairing.request(repairing.due().filter(build=build))
    return found


def _is_whole(build: Build, chunk: Chunk, lease: Lease) -> bool:
    first = build.plan.chunk(chunk.index).first_segment
    return all(
        _matches(
            layout.segment_key(build.prefix, folder, number, chunk.place_of(folder)), segment, lease
        )
        for folder, segments in chunk.report.items()
        for number, segment in enumerate(segments, first)
    )


def _matches(key: str, segment: dict[str, Any], lease: Lease) -> bool:
    """Whether a file is what its report says; older reports have no checksum."""
    try:
        with the_store().open(key) as file:
            content = file.read()
    except FileNotFoundError:
        return False
    time.sleep(len(content) / BYTES_PER_SECOND)
    lease.keep()
    checksum = zlib.crc32(content)
    return len(content) == segment["size"] and checksum == int(segment.get("crc32", checksum))


def failed(lease: Lease, error: Exception) -> None:
    if lease.release():
        logger.warning("verifying_failed", extra={"build": lease.pk, "reason": str(error)})


KIND = Kind("verifications", due, request, run, failed)
