"""The bodies of the jobs. They take ids and may run any number of times, anywhere."""

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection

from video_app import leases, services, storing
from video_app.models import Build, Chunk, Video
from video_app.pipeline import derive, ffmpeg, layout, poster, source, storage, transcode
from video_app.pipeline.errors import EncodeError, LeaseLostError, PipelineError
from video_app.pipeline.plan import Limits, make_plan
from video_app.pipeline.types import Plan, Source
from video_app.store import bucket

logger = logging.getLogger(__name__)


def plan_video(video_id: int, revision: int) -> None:
    """Look at a source; refuse it with a reason or cut it into chunks."""
    token = services.claim_plan(video_id, revision)
    if token is None:
        return
    keep = _keeper(lambda: services.renew_plan(video_id, revision, token))
    rows = Video.objects.filter(pk=video_id)
    with _given_back(rows, token, lambda: services.release_plan(video_id, token)):
        try:
            plan = _plan(Video.objects.get(pk=video_id), keep)
        except PipelineError as error:
            services.refuse(video_id, token, str(error))
        except bucket.BucketError as error:
            logger.warning("no source yet", extra={"video": video_id, "reason": str(error)})
            leases.give_back(rows, token)
        except (EncodeError, OSError) as error:
            logger.warning("planning failed", extra={"video": video_id, "reason": str(error)})
            services.release_plan(video_id, token, error)
        else:
            services.record_plan(video_id, revision, token, plan)


def _plan(video: Video, keep: Callable[[], None]) -> Plan:
    path = Path(video.video_file.path)
    storing.bring_back(video, watch=keep)
    limits = Limits(duration=settings.MAX_DURATION_SECONDS, pixels=settings.MAX_PIXELS)
    found = _read_source(path, keep)
    plan = make_plan(found, limits)
    if found.is_seekable:
        return plan
    # Chunks need exact seeks: give the streams a container with an index.
    copy = source.seekable_path(path)
    source.make_seekable(_ffmpeg(), path, found, copy, watch=keep)
    return make_plan(_read_source(copy, keep), limits)


def _read_source(path: Path, keep: Callable[[], None]) -> Source:
    return source.read_source(path, max_streams=settings.MAX_STREAMS, watch=keep)


def encode_chunk(build_id: int, index: int) -> None:
    """Encode one chunk of a build and publish its segments."""
    token = services.claim_chunk(build_id, index)
    if token is None:
        return
    rows = Chunk.objects.filter(build_id=build_id, index=index)
    with _given_back(rows, token, lambda: services.release_chunk(build_id, index, token)):
        build = Build.objects.select_related("video").get(pk=build_id)
        try:
            with _work_folder(build, token) as work:
                _encode(build, index, token, work)
        except (EncodeError, OSError) as error:
            logger.warning(
                "chunk failed", extra={"build": build_id, "chunk": index, "reason": str(error)}
            )
            services.release_chunk(build_id, index, token, error)


def _encode(build: Build, index: int, token: UUID, work: Path) -> None:
    plan = build.plan
    done = 0.0

    def watch(seconds: float) -> None:
        nonlocal done
        done = seconds
        keep()

    keep = _keeper(lambda: services.renew_chunk(build.pk, index, token, done))
    report = transcode.encode_chunk(
        _ffmpeg(),
        _source_path(build),
        plan,
        plan.chunk(index),
        work,
        threads=settings.FFMPEG_THREADS,
        watch=watch,
    )
    target = _local(build.prefix)
    services.publish_chunk(
        build.pk, index, token, report, lambda: storage.publish(work, target, plan, index)
    )


def finish_build(build_id: int) -> None:
    """Whole chunks, whole film: derived files first, then the flip of one pointer."""
    token = services.claim_finish(build_id)
    if token is None:
        return
    keep = _keeper(lambda: services.renew_finish(build_id, token))
    rows = Build.objects.filter(pk=build_id)
    with _given_back(rows, token, lambda: services.release_finish(build_id, token)):
        build = Build.objects.select_related("video").get(pk=build_id)
        try:
            with _work_folder(build, token) as work:
                derived = _derive(build, work, keep)
        except (EncodeError, OSError) as error:
            logger.warning("finishing failed", extra={"build": build_id, "reason": str(error)})
            return
        if services.publish_build(build_id, token, derived):
            make_poster(build.video_id, build.source_revision)


def _derive(build: Build, work: Path, keep: Callable[[], None]) -> services.Derived:
    """The files that are made of a whole build. The progressive ones are promised to
    clients and tried again; but a film without any of them is still a film."""
    plan, folder = build.plan, _local(build.prefix)
    subtitles = _optional(
        lambda: derive.make_subtitles(
            _ffmpeg(), _source_path(build), plan, folder, work, watch=keep
        )
    )
    sheets = _optional(lambda: derive.make_storyboard(_ffmpeg(), folder, plan, work, watch=keep))
    sizes: dict[str, int] = {}
    if settings.PROGRESSIVE_MP4:
        try:
            sizes = derive.make_progressive(_ffmpeg(), folder, plan, work, watch=keep)
        except (EncodeError, OSError) as error:
            if build.attempts < settings.MAX_ATTEMPTS:
                raise
            logger.error("left out: %s", error)
    return services.Derived(progressive=sizes, subtitles=subtitles, sheets=sheets)


def _optional(make: Callable[[], int]) -> int:
    try:
        return make()
    except (EncodeError, OSError) as error:
        logger.warning("left out: %s", error)
        return 0


def store_build(build_id: int) -> None:
    """Copy a finished film and its source to the bucket, from where players get it then."""
    token = services.claim_store(build_id)
    if token is None:
        return
    keep = _keeper(lambda: services.renew_store(build_id, token))
    rows = Build.objects.filter(pk=build_id)
    with _given_back(rows, token, lambda: services.release_store(build_id, token)):
        build = Build.objects.select_related("video").get(pk=build_id)
        try:
            storing.copy(build, watch=keep)
        except OSError as error:
            logger.warning("storing failed", extra={"build": build_id, "reason": str(error)})
        else:
            services.record_stored(build, token)


def tidy_bucket() -> None:
    """Remove what lies in the bucket for nobody, and here what lies there."""
    try:
        storing.tidy()
    except OSError as error:
        logger.warning("tidying put off", extra={"reason": str(error)})


def make_poster(video_id: int, revision: int) -> None:
    """Choose a telling frame of the source as the poster, in place of an older one."""
    token = services.claim_poster(video_id, revision)
    if token is None:
        return
    key = layout.poster_key(video_id, revision)
    keep = _keeper(lambda: services.renew_poster(video_id, revision, token))
    rows = Video.objects.filter(pk=video_id)
    with _given_back(rows, token, lambda: services.release_poster(video_id, token)):
        video = Video.objects.get(pk=video_id)
        try:
            _draw(video, key, keep)
        except (EncodeError, OSError) as error:
            logger.warning("poster failed", extra={"video": video_id, "reason": str(error)})
            return
        is_shown = services.set_poster(video_id, token, key)
        unused = video.poster if is_shown else key
        if unused:
            _local(unused).unlink(missing_ok=True)


def _draw(video: Video, key: str, keep: Callable[[], None]) -> None:
    build = video.builds.get(source_revision=video.source_revision)
    path, target = _source_path(build), _local(key)
    poster.make_poster(_ffmpeg(), path, build.plan.source, target, watch=keep)


def _ffmpeg() -> str:
    return ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY)


def _local(key: str) -> Path:
    return Path(settings.MEDIA_ROOT) / key


def _source_path(build: Build) -> Path:
    """The file to decode: the copy that can be sought in, where one was needed."""
    path = Path(build.video.video_file.path)
    copy = source.seekable_path(path)
    return copy if copy.exists() else path


@contextmanager
def _given_back(rows: Any, token: UUID, release: Callable[[], object]) -> Iterator[None]:
    """Whatever ends the work, also a time-out, the lease on `rows` is released; a stopping
    worker gives it back.

    Releasing what was published, refused or taken away already changes nothing.
    """
    try:
        yield
    except (LeaseLostError, Build.DoesNotExist, Video.DoesNotExist):
        return
    except (SystemExit, KeyboardInterrupt):
        with suppress(Error):
            leases.give_back(rows, token)
        raise
    finally:
        with suppress(Error):  # then it runs out
            release()


@contextmanager
def _work_folder(build: Build, token: UUID) -> Iterator[Path]:
    """A folder of this lease alone; gone afterwards, whatever happens."""
    work = _local(layout.work_prefix(build.prefix, str(token)))
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _keeper(renew: Callable[[], bool]) -> Callable[[], None]:
    """A function to call about once a second that keeps a lease, or raises when it is lost.

    A database that is away for a moment does not stop the work: the lease outlives
    a few missed renewals.
    """
    interval = settings.LEASE_SECONDS / 4
    renewed_at = time.monotonic()

    def keep() -> None:
        nonlocal renewed_at
        now = time.monotonic()
        if now - renewed_at < min(interval, 2):
            return
        try:
            if not renew():
                raise LeaseLostError
            renewed_at = now
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if now - renewed_at > settings.LEASE_SECONDS:
                raise LeaseLostError from error

    return keep
