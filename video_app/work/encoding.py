"""Encoding one chunk of a build and publishing its segments."""

import logging
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from video_app.models import Build, BuildState, Chunk, ChunkState, State, Video
from video_app.pipeline import ffmpeg, transcode
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.layout import segment_key, segment_name
from video_app.store import File, local, the_store
from video_app.streaming import film_cache
from video_app.work import clock, finishing, posters, queue, sources
from video_app.work.folders import work_folder
from video_app.work.kind import Kind
from video_app.work.lease import FREE, Lease, is_free, patiently

logger = logging.getLogger(__name__)

GAVE_UP = "The film could not be encoded after several tries. See the worker's log."
# For the kernel: a first picture that somebody waits for goes before the rest of films.
FIRST_NICENESS, NICENESS = 2, 17


def due() -> Any:
    """Chunks that somebody still wants encoded."""
    return Chunk.objects.filter(
        state=ChunkState.DUE,
        build__state=BuildState.ENCODING,
        build__source_revision=F("build__video__source_revision"),
    )


def request(rows: Any) -> None:
    """Enqueue a job for each chunk, those of first chunks where new films are looked at."""
    calls = defaultdict(list)
    found = list(rows.order_by("index", "build_id").values_list("pk", "build_id", "index"))
    Chunk.objects.filter(pk__in=[pk for pk, _, _ in found]).update(enqueued_at=clock.now())
    for _, build_id, index in found:
        lane = queue.TRANSCODE if index else queue.URGENT
        calls[lane].append(queue.Call("encode_chunk", (build_id, index)))
    for lane, lane_calls in calls.items():
        queue.enqueue(lane, *lane_calls)


def run(lease: Lease) -> None:
    with lease.held(failed):
        chunk = Chunk.objects.select_related("build__video").get(pk=lease.pk)
        with work_folder(chunk.build, lease) as work:
            report = encode(chunk.build, chunk.index, work, lease)
            place = put_first(chunk, work, lease)
            patiently(lambda: publish(lease, report, work, place))


def encode(build: Build, index: int, work: Path, lease: Lease) -> dict[str, Any]:
    """Encode one chunk into `work`, down to the disk; its report."""
    plan = build.plan

    def watch(seconds: float) -> None:
        # A second attempt does not take back what was shown.
        lease.keep(seconds_done=Greatest(F("seconds_done"), Value(float(seconds))))

    with sources.decodable(build) as location:
        report = transcode.encode_chunk(
            ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY),
            location,
            plan,
            plan.chunk(index),
            work,
            threads=_threads(index),
            niceness=NICENESS if index else FIRST_NICENESS,
            watch=watch,
        )
    if the_store().puts_at_once:
        local.sync(path for path, _ in segment_files(build, index, work))
    return report


def _threads(index: int) -> int:
    """All cores for a first chunk, for which somebody waits, and for the last one that is due;
    else one: as many chunks as there are processes are encoded side by side."""
    if settings.FFMPEG_THREADS:
        return int(settings.FFMPEG_THREADS)
    others_wait = index and due().filter(is_free()).exists()
    return 1 if others_wait else min(settings.MAX_FFMPEG_THREADS, os.cpu_count() or 1)


def put_first(chunk: Chunk, work: Path, lease: Lease) -> str:
    """Put the segments into a folder of this attempt alone, where the store cannot rename;
    that folder, or "" where `publish` moves them."""
    if the_store().puts_at_once:
        return ""
    place = lease.token.hex
    the_store().put(segment_files(chunk.build, chunk.index, work, place), watch=lease.keep)
    return place


def segment_files(build: Build, index: int, work: Path, place: str = "") -> list[File]:
    """A chunk's segments of all renditions and tracks in `work`, with their keys."""
    span = build.plan.chunk(index)
    return [
        (
            work / folder / segment_name(number),
            segment_key(build.prefix, folder, number, place),
        )
        for folder in build.plan.folders
        for number in range(span.first_segment, span.end_segment)
    ]


def publish(lease: Lease, report: dict[str, Any], work: Path | None, place: str = "") -> bool:
    """Have the segments in `work` seen and mark the chunk done; whether it was ours.

    The rows stay locked meanwhile: nobody else can claim the chunk between the look at
    the lease and the move, and of two chunks that end together one sees the other done.
    """
    with transaction.atomic():
        lock_film(builds__chunks=lease.pk)
        chunk = lease.wanted.select_related("build").select_for_update(of=("self",)).first()
        if chunk is None:
            return False
        if work and not place:
            the_store().put(segment_files(chunk.build, chunk.index, work))
        done = {"state": ChunkState.DONE, "report": report, "done_at": clock.now(), "error": ""}
        lease.release(setback="", retry_at=None, place=place, **done)
        _show(chunk.build)
    return True


def lock_film(**which: Any) -> None:
    """Whoever changes several rows of a film locks its video first: one order, no deadlock."""
    Video.objects.filter(**which).select_for_update(of=("self",)).only("pk").first()


def _show(build: Build) -> None:
    """Make a growing first build visible; have a whole one finished."""
    left = build.chunks.filter(state=ChunkState.DUE)
    if not left.filter(index=0).exists() and Video.objects.filter(
        pk=build.video_id, current_build=None
    ).update(current_build=build):
        # Not earlier: the poster must not take time from the first picture.
        posters.request_for(build.video_id)
    if not left.exists():
        finishing.request(Build.objects.filter(pk=build.pk))
    transaction.on_commit(lambda: film_cache.forget([build.video_id]))


def failed(lease: Lease, error: Exception) -> None:
    """An attempt failed; the next one follows at once, unless it was the last."""
    if not lease.release(error=str(error)[:300]):
        return
    chunk = Chunk.objects.get(pk=lease.pk)
    about = {"build": chunk.build_id, "chunk": chunk.index, "reason": str(error)}
    logger.warning("chunk_failed", extra=about)
    if isinstance(error, PipelineError):  # the file is damaged: another try shows the same
        fail(chunk.build_id, str(error))
    elif chunk.attempts >= settings.MAX_ATTEMPTS:
        fail(chunk.build_id, GAVE_UP)
    else:
        request(Chunk.objects.filter(pk=chunk.pk))


def give_up(chunk_id: int) -> None:
    fail(Chunk.objects.values_list("build_id", flat=True).get(pk=chunk_id), GAVE_UP)


def fail(build_id: int, reason: str) -> None:
    """Give a build up; an older whole one goes on being shown."""
    with transaction.atomic():
        lock_film(builds=build_id)
        build = Build.objects.get(pk=build_id)
        failed_now = Build.objects.filter(pk=build_id, state=BuildState.ENCODING)
        if not failed_now.update(state=BuildState.FAILED, retired_at=clock.now(), **FREE):
            return
        current = Video.objects.filter(pk=build.video_id, source_revision=build.source_revision)
        current.update(state=State.FAILED, error=reason[:300])
        # Of whichever revision: what has failed has no files soon.
        Video.objects.filter(current_build=build).update(current_build=None)
        transaction.on_commit(lambda: film_cache.forget([build.video_id]))
    logger.error("build_failed", extra={"build": build_id, "reason": reason})


KIND = Kind("chunks", due, request, run, give_up)
