"""Choosing a telling frame of the source as the poster, in place of an older one."""

import logging
from typing import Any

from django.conf import settings
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Concat

from video_app.models import Video
from video_app.pipeline import ffmpeg, layout, poster
from video_app.store import the_store
from video_app.streaming import film_cache
from video_app.work import clock, queue, sources
from video_app.work.folders import work_folder
from video_app.work.kind import Kind
from video_app.work.lease import UNHURT, Lease

logger = logging.getLogger(__name__)

TEXT: Any = CharField()
NICENESS = 19


def due() -> Any:
    """Videos that show their newest source, but not yet a poster of it."""
    own = Concat(
        Value("posters/"), "pk", Value("-"), "source_revision", Value(".jpg"), output_field=TEXT
    )
    return Video.objects.filter(
        planned_revision=F("source_revision"),
        current_build__source_revision=F("source_revision"),
    ).exclude(poster=own)


def lacking() -> Q:
    """Videos whose poster somebody makes, or will."""
    will_be_made = Q(attempts__lt=settings.MAX_ATTEMPTS) | Q(lease_until__gt=clock.now())
    return Q(pk__in=due()) & will_be_made


def request(rows: Any) -> None:
    for pk, revision in rows.order_by("pk").values_list("pk", "source_revision"):
        Video.objects.filter(pk=pk).update(enqueued_at=clock.now())
        queue.enqueue(queue.URGENT, queue.Call("make_poster", (pk, revision)))


def request_for(video_id: int) -> None:
    request(due().filter(pk=video_id))


def run(lease: Lease) -> None:
    video = Video.objects.get(pk=lease.pk)
    key = layout.poster_key(video.pk, video.source_revision)
    _make(video, key, lease)
    is_shown = lease.release(poster=key, **UNHURT)
    film_cache.forget([video.pk])
    unused = video.poster if is_shown else key
    if unused and not Video.objects.filter(pk=video.pk, poster=unused).exists():
        the_store().remove(unused)


def _make(video: Video, key: str, lease: Lease) -> None:
    build = video.builds.filter(source_revision=video.source_revision).latest("pk")
    with work_folder(build, lease) as work, sources.decodable(build, watch=lease.keep) as location:
        made = poster.make_poster(
            ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY),
            location,
            build.plan.source,
            work,
            niceness=NICENESS,
            watch=lease.keep,
        )
        the_store().put([(made, key)], watch=lease.keep)


def failed(lease: Lease, error: Exception) -> None:
    if lease.release():
        logger.warning("poster_failed", extra={"video": lease.pk, "reason": str(error)})


KIND = Kind("posters", due, request, run, failed)
