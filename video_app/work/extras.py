"""What is made of a finished film after everything else: MP4s and the storyboard."""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from video_app.models import Build, BuildState, Event, State, Video
from video_app.pipeline import derive, ffmpeg, layout
from video_app.pipeline.errors import EncodeError
from video_app.store import the_store
from video_app.streaming import film_cache
from video_app.webhooks import deliveries
from video_app.work import attempts, clock, machine, queue, sources
from video_app.work.folders import put_folder, work_folder
from video_app.work.kind import Kind
from video_app.work.lease import FREE, UNHURT, Lease, is_hopeless, patiently

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extras:
    """Bytes of the progressive MP4 of each rung that has one, and sheets of the storyboard."""

    progressive: dict[str, int] = field(default_factory=dict)
    sheets: int = 0


def due() -> Any:
    """Builds that players get, without their extras."""
    return Build.objects.filter(
        state=BuildState.COMPLETE, extras_at=None, retired_at=None, pk=F("video__current_build")
    )


def request(rows: Any) -> None:
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        Build.objects.filter(pk=pk).update(enqueued_at=clock.now())
        queue.enqueue(queue.TRANSCODE, queue.Call("make_extras", (pk,)))


def run(lease: Lease) -> None:
    build = Build.objects.select_related("video").get(pk=lease.pk)
    with work_folder(build, lease) as work:
        made = make(build, work, lease)
    if patiently(lambda: record(lease.wanted, made)):
        attempts.remove_spent(build)


def make(build: Build, work: Path, lease: Lease) -> Extras:
    """The storyboard, which a film can do without, and the MP4s, which clients were promised."""
    sheets = 0
    try:
        sheets = _make_storyboard(build, work, lease)
    except EncodeError as error:
        if machine.fault(error):
            raise
        logger.warning("storyboard_left_out", extra={"build": build.pk, "reason": str(error)})
    sizes: dict[str, int] = {}
    if settings.PROGRESSIVE_MP4:
        try:
            sizes = _make_progressive(build, work, lease)
        except EncodeError as error:
            if build.attempts < settings.MAX_ATTEMPTS:
                raise EncodeError(str(error)) from error  # no room for them is no reason to wait
            logger.error("mp4s_left_out", extra={"build": build.pk, "reason": str(error)})
    _make_lost_subtitles(build, work, lease)
    return Extras(progressive=sizes, sheets=sheets)


def _make_storyboard(build: Build, work: Path, lease: Lease) -> int:
    plan, sheets = build.plan, work / layout.STORYBOARD
    keys = build.segment_keys(derive.storyboard_rung(plan).name)
    with the_store().folder(keys, watch=lease.keep) as folder:
        count = derive.make_storyboard(_ffmpeg(), folder, plan, sheets, watch=lease.keep)
    put_folder(sheets, f"{build.prefix}/{layout.STORYBOARD}", lease)
    return count


def _make_progressive(build: Build, work: Path, lease: Lease) -> dict[str, int]:
    """One after the other, so that never more than one lies on this machine's disk."""
    plan, sizes = build.plan, {}
    for rung in plan.rungs:
        target, keys = work / f"{rung.name}.mp4", build.segment_keys(rung.name)
        with the_store().folder(keys, watch=lease.keep) as folder:
            sizes[rung.name] = derive.make_progressive(
                _ffmpeg(), folder, plan, rung, target, watch=lease.keep
            )
        key = layout.progressive_key(build.prefix, rung.name)
        the_store().put([(target, key)], watch=lease.keep)
        target.unlink(missing_ok=True)
    return sizes


def _make_lost_subtitles(build: Build, work: Path, lease: Lease) -> None:
    """They are made with the film; again only if they are lost."""
    if not build.subtitles or the_store().sizes(f"{build.prefix}/{layout.subtitles_name(0)}"):
        return
    texts = work / "texts"
    with sources.decodable(build, watch=lease.keep) as source:
        derive.make_subtitles(_ffmpeg(), source, build.plan, texts, work, watch=lease.keep)
    put_folder(texts, build.prefix, lease)


def _ffmpeg() -> str:
    return ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY)


def record(rows: Any, made: Extras) -> bool:
    """Add the extras to the build, if `rows` still has it: now all of the film is there."""
    with transaction.atomic():
        Video.objects.filter(builds__in=rows.values("pk")).select_for_update(of=("self",)).first()
        build = rows.select_for_update(of=("self",)).first()
        if build is None:
            return False
        Build.objects.filter(pk=build.pk).update(
            **FREE,
            **UNHURT,
            extras_at=clock.now(),
            verified_at=clock.now(),
            progressive=made.progressive,
            storyboard_sheets=made.sheets,
        )
        newest = Video.objects.filter(pk=build.video_id, source_revision=build.source_revision)
        if newest.exclude(state=State.COMPLETED).update(state=State.COMPLETED, error=""):
            deliveries.note(Event.COMPLETED, build.video_id)
        transaction.on_commit(lambda: film_cache.forget([build.video_id]))
    return True


def failed(lease: Lease, error: Exception) -> None:
    if lease.release():
        logger.warning("extras_failed", extra={"build": lease.pk, "reason": str(error)})
        give_up(lease.pk)


def give_up(build_id: int) -> None:
    """A film without extras that could not be made in several attempts is complete too."""
    if record(due().filter(is_hopeless(), pk=build_id), Extras()):
        logger.error("completed_without_extras", extra={"build": build_id})


KIND = Kind("extras", due, request, run, failed, give_up)
