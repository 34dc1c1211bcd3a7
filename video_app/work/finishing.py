"""The end of a build: whole chunks become the film that players get."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from video_app.catalogue import notes
from video_app.models import Build, BuildState, ChunkState, Video
from video_app.pipeline import derive, ffmpeg, languages
from video_app.pipeline.derive import Subtitles
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.sentences import sentence
from video_app.pipeline.streams import SubtitleStream
from video_app.streaming import film_cache
from video_app.work import clock, extras, machine, posters, queue, sources
from video_app.work.folders import put_folder, work_folder
from video_app.work.kind import Kind
from video_app.work.lease import FREE, UNHURT, Lease, is_hopeless, patiently

logger = logging.getLogger(__name__)

CODE = "subtitles_cut_short"
CUT_SHORT = sentence(
    "The subtitles in the file (%(track)s) are damaged or too long: a part of them is left out."
)
TRACK = sentence("track %(number)s")
LEFT_OUT = sentence("The subtitles in the file could not be read: they are left out.")


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
    build = Build.objects.select_related("video").get(pk=lease.pk)
    made = _make_subtitles(build, lease)
    if patiently(lambda: publish(lease.wanted, subtitles=made.count)):
        _tell_lost_subtitles(build, made)
        posters.request_for(build.video_id)


def _tell_lost_subtitles(build: Build, made: Subtitles) -> None:
    tracks = build.plan.source.subtitles
    names = [_called(tracks[place], place) for place in sorted(made.cut_short)]
    texts = [CUT_SHORT % {"track": name} for name in names]
    if len(tracks) > made.count:
        texts.append(LEFT_OUT)
    notes.remember(build.video_id, CODE, texts)


def _called(track: SubtitleStream, place: int) -> str:
    return languages.english(track.language) or TRACK % {"number": place + 1}


def _make_subtitles(build: Build, lease: Lease) -> Subtitles:
    """A film without them is still a film."""
    plan, binary = build.plan, ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY)
    with work_folder(build, lease) as work, sources.decodable(build, watch=lease.keep) as source:
        target = work / "texts"
        try:
            made = derive.make_subtitles(binary, source, plan, target, work, watch=lease.keep)
        except EncodeError as error:
            if machine.fault(error):
                raise
            logger.warning("subtitles_left_out", extra={"build": build.pk, "reason": str(error)})
            return Subtitles(0)
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
    build = Build.objects.filter(pk=build_id).first()
    if build and publish(due().filter(is_hopeless(), pk=build_id), subtitles=0):
        _tell_lost_subtitles(build, Subtitles(0))
        logger.error("published_without_subtitles", extra={"build": build_id})


KIND = Kind("finishes", due, request, run, failed, give_up)
