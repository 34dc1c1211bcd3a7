"""The end of a build: whole chunks become the film that players get."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from video_app.models import Build, BuildState, ChunkState, Video
from video_app.pipeline import derive, ffmpeg
from video_app.pipeline.errors import EncodeError
from video_app.streaming import film_cache
from video_app.work import clock, extras, machine, posters, queue, sources
from video_app.work.folders import put_folder, work_folder
from video_app.work.kind import Kind
from video_app.work.lease import FREE, UNHURT, Lease, is_hopeless, patiently

logger = logging.getLogger(__name__)


def due() -> Any:
    """Builds whose chunks are all done."""
    return Build.objects.filter(
        state=BuildState.ENCODING, source_revision=F("video__source_revision")
    ).exclude(chunks__state=ChunkState.DUE)


def request(rows: Any) -> None:
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        Build.objects.filter(pk=pk).update(enqueued_at=clock.now())
        queue.enqueue(queue.URGENT, queue.Call("finish_build", (pk,)))


def run(lease: Lease) -> None:
    with lease.held(failed):
        build = Build.objects.select_related("video").get(pk=lease.pk)
        subtitles = _make_subtitles(build, lease)
        if patiently(lambda: publish(lease.wanted, subtitles=subtitles)):
            posters.request_for(build.video_id)


def _make_subtitles(build: Build, lease: Lease) -> int:
    """How many subtitle tracks there are; a film without them is still a film."""
    plan, binary = build.plan, ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY)
    with work_folder(build, lease) as work, sources.decodable(build, watch=lease.keep) as source:
        target = work / "texts"
        target.mkdir()
        try:
            made = derive.make_subtitles(binary, source, plan, target, work, watch=lease.keep)
        except EncodeError as error:
            if machine.fault(error):
                raise
            logger.warning("subtitles_left_out", extra={"build": build.pk, "reason": str(error)})
            return 0
        put_folder(target, build.prefix, lease)
        return made


def publish(rows: Any, *, subtitles: int) -> bool:
    """Make a whole build the one that players get, if `rows` still has it once its film is
    locked; whether it was still wanted."""
    with transaction.atomic():
        Video.objects.filter(builds__in=rows.values("pk")).select_for_update(of=("self",)).first()
        build = rows.select_for_update(of=("self",)).first()
        if build is None:
            return False
        done = {"state": BuildState.COMPLETE, "finished_at": clock.now(), "subtitles": subtitles}
        Build.objects.filter(pk=build.pk).update(**FREE, **UNHURT, **done)
        Video.objects.filter(pk=build.video_id).update(current_build=build)
        older = build.video.builds.exclude(pk=build.pk).filter(retired_at=None)
        older.update(retired_at=clock.now())
        extras.request(Build.objects.filter(pk=build.pk))
        transaction.on_commit(lambda: film_cache.forget([build.video_id]))
    return True


def failed(lease: Lease, error: Exception) -> None:
    if lease.release():
        logger.warning("finishing_failed", extra={"build": lease.pk, "reason": str(error)})
        give_up(lease.pk)


def give_up(build_id: int) -> None:
    """Publish a film without the subtitles that could not be made in several attempts."""
    if publish(due().filter(is_hopeless(), pk=build_id), subtitles=0):
        logger.error("published_without_subtitles", extra={"build": build_id})


KIND = Kind("finishes", due, request, run, give_up)
