"""Automatic captions: what is said in a film is written down, minutes at a time, as a draft.

An extra that nobody waits for: it comes after all other work, and steps aside in the middle of
a piece when other work is due. Each piece is kept, so that nothing is heard twice.
"""

import logging
import time
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from video_app.catalogue import notes
from video_app.models import Build, BuildState, Subtitle, Video
from video_app.pipeline import captions, derive, ffmpeg, languages, transcription
from video_app.pipeline.errors import LeaseLostError, PipelineError
from video_app.pipeline.sentences import sentence
from video_app.pipeline.transcription import Transcript
from video_app.pipeline.types import Plan
from video_app.store import the_store
from video_app.streaming import tracks
from video_app.work import clock, encoding, extras, finishing, planning, queue
from video_app.work.folders import work_folder
from video_app.work.kind import Kind
from video_app.work.lease import FREE, UNHURT, Lease, is_hopeless, may_start

logger = logging.getLogger(__name__)

CODE = "captions_failed"
FAILED = sentence("Automatic captions could not be made: %(why)s")
SEE_LOG = sentence("see the worker's log.")
LOOK_SECONDS = 5.0
MORE_IMPORTANT = (planning, encoding, finishing, extras)


def due() -> Any:
    """Whole films whose sound was not written down to its end, where a model is there."""
    if not settings.CAPTIONS_MODEL or not _is_possible(settings.CAPTIONS_MODEL):
        return Build.objects.none()
    return Build.objects.filter(
        state=BuildState.COMPLETE,
        extras_at__isnull=False,
        captioned_at=None,
        retired_at=None,
        pk=F("video__current_build"),
    )


@cache
def _is_possible(model: str) -> bool:
    """Said once by each process: other machines may have what this one lacks."""
    if problem := transcription.problem(model):
        logger.warning("captions_impossible", extra={"reason": problem})
    return not problem


def one_at_a_time(rows: Any) -> Any:
    is_busy = rows.filter(lease_until__gt=clock.now()).exists()
    return rows.none() if is_busy else rows


def request(rows: Any) -> None:
    for pk in rows.order_by("-pk").values_list("pk", flat=True)[:1]:
        Build.objects.filter(pk=pk).update(enqueued_at=clock.now())
        queue.enqueue(queue.TRANSCODE, queue.Call("caption_film", (pk,)))


def run(lease: Lease) -> None:
    build = Build.objects.select_related("video").get(pk=lease.pk)
    plan = tracks.corrected(build.plan, build.video.track_edits)
    if _is_needed(build, plan):
        _add_piece(build, plan, lease)
    else:
        lease.release(captioned_at=clock.now(), **UNHURT)


def _is_needed(build: Build, plan: Plan) -> bool:
    """Not without sound, nor beside other subtitles in its language, nor after staff have
    removed what was begun."""
    if not plan.source.audios:
        return False
    if build.captioned_segments:
        return bool(_draft(build.video_id).exists())
    spoken = languages.tag(plan.source.audios[0].language)
    texts = [track for track in tracks.listed(build.video) if not track["is_forced"]]
    return all(spoken not in ("und", languages.tag(track["language"])) for track in texts)


def _draft(video_id: int) -> Any:
    return Subtitle.objects.filter(video_id=video_id, is_automatic=True)


def _add_piece(build: Build, plan: Plan, lease: Lease) -> None:
    begin = build.captioned_segments
    seconds = [float(plan.time(cut)) for cut in plan.cuts]
    until = seconds[begin] + transcription.PIECE_SECONDS
    end = next(
        (at for at in range(begin + 1, plan.segments) if seconds[at] >= until), plan.segments
    )
    transcript = _transcribe(build, plan, range(begin, end), lease)
    with transaction.atomic():
        done = {"captioned_at": clock.now()} if end == plan.segments else {}
        if not lease.release(captioned_segments=end, **done, **UNHURT):
            return
        # The text's clock is the source's, whose first picture may come a little later.
        _keep(build, transcript, seconds[begin] + float(plan.origin), is_first=not begin)
        if done:
            _draft(build.video_id).filter(text=captions.EMPTY).delete()
            notes.remember(build.video_id, CODE, [])
        request(due())


def _transcribe(build: Build, plan: Plan, numbers: range, lease: Lease) -> Transcript:
    keys = build.segment_keys(derive.storyboard_rung(plan).name)[numbers.start : numbers.stop]
    language = languages.tag(plan.source.audios[0].language).replace("und", "")
    watch = partial(_step_aside, lease, [time.monotonic()])
    with work_folder(build, lease) as work, the_store().folder(keys, watch=watch) as folder:
        return transcription.transcribe(
            ffmpeg.find_ffmpeg(settings.FFMPEG_BINARY),
            settings.CAPTIONS_MODEL,
            language,
            [key.rpartition("/")[2] for key in keys],
            folder,
            work,
            watch=watch,
        )


def _step_aside(lease: Lease, looked: list[float]) -> None:
    """Keep the lease, unless something more important waits for a free worker."""
    lease.keep()
    if time.monotonic() - looked[0] < LOOK_SECONDS:
        return
    looked[0] = time.monotonic()
    waiting = (kind.due().filter(may_start()) for kind in MORE_IMPORTANT)
    if any(rows.filter(attempts__lt=settings.MAX_ATTEMPTS).exists() for rows in waiting):
        raise LeaseLostError


def _keep(build: Build, transcript: Transcript, shift: float, *, is_first: bool) -> None:
    """Add what was said to the draft; the first piece begins it, in place of a former draft."""
    if is_first:
        _draft(build.video_id).filter(is_draft=True).delete()
        code = languages.code(transcript.language) or "und"
        row = Subtitle(
            video_id=build.video_id,
            language=code,
            label=languages.english(code),
            is_automatic=True,
            is_draft=True,
            text=captions.EMPTY,
        )
    else:
        row = _draft(build.video_id).select_for_update().latest("pk")
    row.text = captions.append(row.text, transcript.heard, shift)
    row.save()
    if not row.is_draft:
        tracks.announce(build.video_id)


def failed(lease: Lease, error: Exception) -> None:
    """What the engine cannot do at all is not tried again."""
    is_refused = isinstance(error, PipelineError)
    if lease.release(**({"captioned_at": clock.now()} if is_refused else {})):
        logger.warning("captions_failed", extra={"build": lease.pk, "reason": str(error)[-500:]})
        if is_refused:
            _note(Build.objects.get(pk=lease.pk), str(error))
        give_up(lease.pk)


def give_up(build_id: int) -> None:
    hopeless = Build.objects.filter(is_hopeless(), pk=build_id, captioned_at=None)
    if hopeless.filter(extras_at__isnull=False).update(captioned_at=clock.now(), **FREE, **UNHURT):
        _note(Build.objects.get(pk=build_id), SEE_LOG)


def _note(build: Build, reason: str) -> None:
    if Video.objects.filter(pk=build.video_id, current_build=build).exists():
        notes.remember(build.video_id, CODE, [FAILED % {"why": reason}])


KIND = Kind("captions", due, request, run, failed, give_up)
