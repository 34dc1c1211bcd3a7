"""Encoding one chunk of a build and publishing its segments."""

import logging
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest

from video_app.models import Build, BuildState, Chunk, ChunkState, Event, State, Video
from video_app.pipeline import ffmpeg, layers, transcode
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.layers import Layer
from video_app.pipeline.layout import segment_key, segment_name
from video_app.pipeline.sentences import sentence
from video_app.store import File, local, the_store
from video_app.streaming import film_cache
from video_app.webhooks import deliveries
from video_app.work import clock, effort, finishing, posters, queue, sources
from video_app.work.folders import work_folder
from video_app.work.kind import Kind
from video_app.work.lease import FREE, UNHURT, Lease, is_free, patiently

logger = logging.getLogger(__name__)

GAVE_UP = sentence("The film could not be encoded after several tries. See the worker's log.")
# Chunks at a film's start whose low layer is encoded ahead whether or not anybody watches: what
# is being encoded in one pass when the first viewer comes would keep them waiting. Two layers
# cost some 15 % more than one pass: films of less than LONG seconds, of which the third chunk
# is a large part, begin with two.
BEGINNING = 3
SHORT_BEGINNING = 2
LONG = 90


def beginning(seconds: float | None) -> int:
    """How many chunks of a film of that length are its beginning."""
    return BEGINNING if (seconds or 0) >= LONG else SHORT_BEGINNING


def due() -> Any:
    """Chunks that somebody still wants encoded."""
    return Chunk.objects.filter(
        state=ChunkState.DUE,
        build__state=BuildState.ENCODING,
        build__source_revision=F("build__video__source_revision"),
    )


def request(rows: Any) -> None:
    """Enqueue a job for each chunk, those of films' beginnings where new films are looked at."""
    calls = defaultdict(list)
    found = list(rows.select_related("build__video").order_by("index", "build_id"))
    Chunk.objects.filter(pk__in=[chunk.pk for chunk in found]).update(enqueued_at=clock.now())
    for chunk in found:
        lane, task = _where(chunk)
        calls[lane].append(queue.Call(task, (chunk.build_id, chunk.index)))
    for lane, lane_calls in calls.items():
        queue.enqueue(lane, *lane_calls)


def _where(chunk: Chunk) -> tuple[str, str]:
    """The lane and the name of its job; no job's name is in two lanes."""
    if chunk.has_low:
        return queue.TRANSCODE, "encode_rest"
    if chunk.index == 0:
        return queue.URGENT, "encode_chunk"
    if chunk.index < beginning(chunk.build.video.duration):
        return queue.URGENT, "encode_ahead"
    return queue.TRANSCODE, "encode_chunk"


def run(lease: Lease) -> None:
    """Encode all that a chunk lacks, in one pass."""
    _run(lease, ahead=Layer.ALL)


def run_ahead(lease: Lease) -> None:
    """Encode a chunk's low layer; when that is there, the rest."""
    _run(lease, ahead=Layer.LOW)


def _run(lease: Lease, *, ahead: Layer) -> None:
    chunk = Chunk.objects.select_related("build__video").get(pk=lease.pk)
    layer = _layer(chunk, ahead)
    with work_folder(chunk.build, lease) as work:
        report = encode(chunk, work, lease, layer)
        place = put_first(chunk, work, lease, layer)
        patiently(lambda: publish(lease, report, work, place, layer))


def _layer(chunk: Chunk, ahead: Layer) -> Layer:
    """What is encoded now."""
    return Layer.HIGH if chunk.has_low else ahead


def encode(chunk: Chunk, work: Path, lease: Lease, layer: Layer = Layer.ALL) -> dict[str, Any]:
    """Encode a layer of one chunk into `work`, down to the disk; its report."""
    plan = layers.part(chunk.build.plan, layer)
    niceness = effort.niceness(chunk, layer)
    with sources.decodable(chunk.build, watch=lease.keep) as location:
        report = transcode.encode_chunk(
            ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY),
            location,
            plan,
            plan.chunk(chunk.index),
            work,
            threads=_threads(niceness),
            niceness=niceness,
            watch=_progress(chunk, lease, layer),
        )
    if the_store().puts_at_once:
        local.sync(path for path, _ in segment_files(chunk, work, layer=layer))
    return report


def _progress(chunk: Chunk, lease: Lease, layer: Layer) -> Callable[[float], None]:
    """What notes encoded seconds of film, of which each layer is a share."""
    plan = chunk.build.plan
    span = plan.chunk(chunk.index)
    low = layers.LOW_SHARE * float(plan.time(span.end_frame - span.first_frame))
    before = low if layer == Layer.HIGH else 0.0
    share = {Layer.LOW: layers.LOW_SHARE, Layer.HIGH: 1 - layers.LOW_SHARE, Layer.ALL: 1.0}[layer]

    def watch(seconds: float) -> None:
        # A second attempt does not take back what was shown.
        now = Value(before + share * seconds)
        lease.keep(seconds_done=Greatest(F("seconds_done"), now))

    return watch


def _threads(niceness: int) -> int:
    is_last = not due().filter(is_free()).exists()
    return effort.threads(takes_all=is_last or niceness < effort.NICENESS)


def put_first(chunk: Chunk, work: Path, lease: Lease, layer: Layer = Layer.ALL) -> str:
    """Put the segments into a folder of this attempt alone, where the store cannot rename;
    that folder, or "" where `publish` moves them."""
    if the_store().puts_at_once:
        return ""
    place = lease.token.hex
    the_store().put(segment_files(chunk, work, place, layer), watch=lease.keep)
    return place


def segment_files(
    chunk: Chunk, work: Path, place: str = "", layer: Layer = Layer.ALL
) -> list[File]:
    """The segments in `work` of all renditions and tracks of a layer, with their keys."""
    plan = layers.part(chunk.build.plan, layer)
    span = plan.chunk(chunk.index)
    return [
        (
            work / folder / segment_name(number),
            segment_key(chunk.build.prefix, folder, number, place),
        )
        for folder in plan.folders
        for number in range(span.first_segment, span.end_segment)
    ]


def publish(
    lease: Lease,
    report: dict[str, Any],
    work: Path | None,
    place: str = "",
    layer: Layer = Layer.ALL,
) -> bool:
    """Have the segments in `work` seen and mark what is done; whether it was ours.

    The rows stay locked meanwhile: nobody else can claim the chunk between the look at
    the lease and the move, and of two chunks that end together one sees the other done.
    """
    with transaction.atomic():
        lock_film(builds__chunks=lease.pk)
        chunk = lease.wanted.select_related("build").select_for_update(of=("self",)).first()
        if chunk is None or (layer == Layer.HIGH and not chunk.has_low):
            return False
        if work and not place:
            the_store().put(segment_files(chunk, work, layer=layer))
        _mark(lease, chunk, chunk.report | report, layer, place)
        _show(chunk.build)
    return True


def _mark(lease: Lease, chunk: Chunk, report: dict[str, Any], layer: Layer, place: str) -> None:
    """A chunk is done when all of it is; with its low layer it goes on being due."""
    is_begun = chunk.index > 0 or chunk.has_low
    if layer == Layer.LOW and layers.has_layers(chunk.build.plan):
        low_at = Coalesce(F("low_at"), clock.now())
        low = {"has_low": True, "low_at": low_at, "low_place": place}
        lease.release(**UNHURT, **low, report=report, error="")
        request(Chunk.objects.filter(pk=chunk.pk))
        request_next(chunk.build)
    else:
        done = {"state": ChunkState.DONE, "report": report, "done_at": clock.now(), "error": ""}
        # What made all of it made the low layer too.
        done |= {"place": place} if layer == Layer.HIGH else {"place": place, "low_place": ""}
        lease.release(setback="", retry_at=None, **done)
    if not is_begun:
        request(due().filter(is_free(), build=chunk.build, index__gt=0))


def request_next(build: Build) -> None:
    """Wake whoever does what is urgent: more of the low layer may be wanted now."""
    lacking = build.chunks.filter(is_free(), state=ChunkState.DUE, has_low=False)
    if (chunk := lacking.order_by("index").first()) and chunk.index:
        queue.enqueue(queue.URGENT, queue.Call("encode_ahead", (build.pk, chunk.index)))


def lock_film(**which: Any) -> None:
    """Whoever changes several rows of a film locks its video first: one order, no deadlock."""
    Video.objects.filter(**which).select_for_update(of=("self",)).only("pk").first()


def _show(build: Build) -> None:
    """Make a growing first build visible; have a whole one finished."""
    left = build.chunks.filter(state=ChunkState.DUE)
    if not left.filter(index=0, has_low=False).exists() and Video.objects.filter(
        pk=build.video_id, current_build=None
    ).update(current_build=build):
        deliveries.note(Event.PLAYABLE, build.video_id)
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
        if current.update(state=State.FAILED, error=reason[:300]):
            deliveries.note(Event.FAILED, build.video_id)
        # Of whichever revision: what has failed has no files soon.
        Video.objects.filter(current_build=build).update(current_build=None)
        transaction.on_commit(lambda: film_cache.forget([build.video_id]))
    logger.error("build_failed", extra={"build": build_id, "reason": reason})


KIND = Kind("chunks", due, request, run, failed, give_up)
