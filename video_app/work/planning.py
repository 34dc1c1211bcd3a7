"""Looking at a source: refuse it with a reason, or cut it into chunks."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from video_app.catalogue import versions
from video_app.models import Build, BuildState, Chapter, Chunk, Event, State, Video
from video_app.models.leased import NO_LEASE
from video_app.pipeline import ffmpeg, seekable, source
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.plan import Limits, make_plan
from video_app.pipeline.sentences import sentence
from video_app.pipeline.streams import Source
from video_app.pipeline.types import Plan
from video_app.store import local, the_store
from video_app.streaming import film_cache
from video_app.webhooks import deliveries
from video_app.work import clock, encoding, queue, sources
from video_app.work.kind import Kind
from video_app.work.lease import FREE, UNHURT, Lease, is_free, is_hopeless

logger = logging.getLogger(__name__)

GAVE_UP = sentence("The film could not be encoded after several tries. See the worker's log.")


def due() -> Any:
    """Videos whose newest source waits for its plan."""
    return Video.objects.filter(planned_revision__lt=F("source_revision")).exclude(
        state=State.FAILED
    )


def request(rows: Any) -> None:
    for pk, revision in rows.order_by("pk").values_list("pk", "source_revision"):
        if Video.objects.filter(pk=pk).update(enqueued_at=clock.now()):
            queue.enqueue(queue.URGENT, queue.Call("plan_video", (pk, revision)))


def request_newest(video_id: int) -> None:
    """Have a worker look at the newest source, unless one does."""
    request(due().filter(is_free(), pk=video_id))


def request_again(video_id: int) -> bool:
    """Start over from the stored source; whether there is such a video."""
    restart = {"source_revision": F("source_revision") + 1, "state": State.PENDING, "error": ""}
    if not Video.objects.filter(pk=video_id).update(**restart, **NO_LEASE):
        return False
    film_cache.forget([video_id])
    request_newest(video_id)
    return True


def run(lease: Lease) -> None:
    record(lease, _plan(_begin(lease), lease))


def _begin(lease: Lease) -> Video:
    """The video, from now on in processing. What still encodes is an older source of it."""
    with transaction.atomic():
        video: Video = lease.wanted.select_for_update(of=("self",)).get()
        _cancel_builds(video)
        Video.objects.filter(pk=video.pk).update(state=State.PROCESSING)
    return video


def _cancel_builds(video: Video) -> None:
    """Stop what is still encoding; a half-made first build is withdrawn as well."""
    encoding_builds = Build.objects.filter(video=video, state=BuildState.ENCODING)
    Video.objects.filter(pk=video.pk, current_build__in=encoding_builds).update(current_build=None)
    encoding_builds.update(state=BuildState.CANCELLED, retired_at=clock.now())
    transaction.on_commit(lambda: film_cache.forget([video.pk]))


def _plan(video: Video, lease: Lease) -> Plan:
    limits = Limits(duration=settings.MAX_DURATION_SECONDS, pixels=settings.MAX_PIXELS)
    with _examined(video, lease) as (location, found):
        plan = make_plan(found, limits)
        if found.is_seekable:
            return plan
        return make_plan(_make_seekable(video, location, found, lease), limits)


@contextmanager
def _examined(video: Video, lease: Lease) -> Iterator[tuple[str, Source]]:
    """Where the uploaded file can be read meanwhile, and what it is."""
    watch, most = lease.keep, settings.MAX_STREAMS
    try:
        with the_store().source(sources.uploaded(video), watch=watch) as location:
            yield location, source.read_source(location, max_streams=most, watch=watch)
    except FileNotFoundError as error:
        raise PipelineError(source.GONE) from error


def _make_seekable(video: Video, location: str, found: Source, lease: Lease) -> Source:
    """Chunks need exact seeks: give the streams a container with an index."""
    key = seekable.seekable_key(sources.uploaded(video))
    binary = ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY)
    with local.work_folder() as work:
        copy = work / "copy.mkv"
        copied = seekable.make_seekable(binary, location, found, copy, watch=lease.keep)
        the_store().put([(copy, key)], watch=lease.keep)
    return copied


def provide_seekable(video: Video, lease: Lease) -> None:
    """Make the copy again that a source needed to be sought in, if it is gone."""
    if sources.has_copy(video):
        return
    with _examined(video, lease) as (location, found):
        if not found.is_seekable:
            _make_seekable(video, location, found, lease)


def record(lease: Lease, plan: Plan) -> Build | None:
    """Turn a plan into a build and its chunks; none when the lease was lost."""
    with transaction.atomic():
        video = lease.wanted.select_for_update(of=("self",)).first()
        if video is None:
            return None
        build = Build.objects.create(
            video=video,
            source_revision=video.source_revision,
            plan_json=plan.to_json(),
            stored_at=clock.now() if settings.USE_S3_MEDIA else None,
        )
        now = clock.now()
        chunks = (Chunk(build=build, index=n, enqueued_at=now) for n in range(plan.chunks))
        Chunk.objects.bulk_create(chunks)
        lease.release(
            **UNHURT,
            planned_revision=video.source_revision,
            duration=float(plan.duration),
            width=plan.rungs[-1].width,
            height=plan.rungs[-1].height,
        )
        _keep_chapters(video, plan)
        # The others follow with its pictures: until then they would wake workers in vain.
        encoding.request(build.chunks.filter(index=0))
    return build


def _keep_chapters(video: Video, plan: Plan) -> None:
    """Those of the file, unless the film has some: people may have edited them."""
    if Chapter.objects.filter(video=video).exists():
        return
    starts = {
        max(0.0, float(mark.start - plan.origin)): mark.title for mark in plan.source.chapters
    }
    Chapter.objects.bulk_create(
        Chapter(video=video, seconds=seconds, title=title)
        for seconds, title in starts.items()
        if seconds < plan.duration
    )


def failed(lease: Lease, error: Exception) -> None:
    if isinstance(error, PipelineError):
        refuse(lease, str(error))
    elif lease.release():
        logger.warning("planning_failed", extra={"video": lease.pk, "reason": str(error)})
        give_up(lease.pk)


def refuse(lease: Lease, reason: str) -> None:
    """The source is no film: say so to the people, and do not try again."""
    if lease.release(state=State.FAILED, error=reason[:300]):
        deliveries.note(Event.FAILED, lease.pk)
        logger.info("video_refused", extra={"video": lease.pk, "reason": reason})
        versions.touch(versions.CATALOGUE)


def give_up(video_id: int) -> None:
    """Fail a video at whose newest source one could not look in several attempts."""
    hopeless = due().filter(is_hopeless(), pk=video_id)
    if hopeless.update(state=State.FAILED, error=GAVE_UP, **FREE):
        deliveries.note(Event.FAILED, video_id)
        logger.error("video_given_up", extra={"video": video_id})
        versions.touch(versions.CATALOGUE)


KIND = Kind("plans", due, request, run, failed, give_up)
