"""Where rows change: the life of a video from a new source to a published build.

Jobs carry ids and may run any number of times, anywhere; each step here is
conditional on a lease and on the source revision, so that late ones change nothing.
Whoever changes several rows of a film locks its video first: one order, no deadlock.
"""

import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Concat, Greatest
from django.utils import timezone

from video_app import leases
from video_app.catalogue import versions
from video_app.doorbell import Call, ring
from video_app.models import (
    Build,
    BuildState,
    Chunk,
    ChunkState,
    State,
    Video,
)
from video_app.pipeline.errors import StorageFullError
from video_app.pipeline.transcode import chunk_seconds
from video_app.pipeline.types import Plan
from video_app.streaming import film_cache

logger = logging.getLogger(__name__)

URGENT, TRANSCODE, SHORT, STORE = "urgent", "transcode", "short", "store"
GAVE_UP = "The film could not be encoded after several tries. See the worker's log."
NO_ROOM = "There was no room left for the encoded film."
TEXT: Any = CharField()
# A plan may copy a whole source, a finish a whole film.
LONG_JOB_SECONDS = 2 * 3600
# A whole film over somebody's line at home.
STORE_JOB_SECONDS = 24 * 3600
# Chunks before this one hold a film's first minutes and overtake older films.
URGENT_CHUNKS = 6


# --- visibility ---------------------------------------------------------------------


def set_published(video_ids: list[int], *, is_published: bool) -> None:
    Video.objects.filter(pk__in=video_ids).update(is_published=is_published)
    transaction.on_commit(lambda: film_cache.forget(video_ids))


# --- a new source -------------------------------------------------------------------


def request_plan(video_id: int, revision: int) -> None:
    """Have a worker look at the newest source, unless one has or does."""
    waiting = _plannable(video_id, revision).filter(leases.is_free())
    if waiting.update(enqueued_at=timezone.now()):
        ring(URGENT, Call("plan_video", (video_id, revision), LONG_JOB_SECONDS))


def transcode_again(video_id: int) -> bool:
    """Start over from the stored source; whether there is one."""
    changed = Video.objects.filter(pk=video_id).update(
        source_revision=F("source_revision") + 1,
        state=State.PENDING,
        error="",
        attempts=0,
        lease_token=None,
        lease_until=None,
    )
    if changed:
        film_cache.forget([video_id])
        request_plan(
            video_id, Video.objects.values_list("source_revision", flat=True).get(pk=video_id)
        )
    return bool(changed)


def plannable() -> Any:
    """Videos whose newest source waits for its plan."""
    return Video.objects.filter(planned_revision__lt=F("source_revision")).exclude(
        state=State.FAILED
    )


def _plannable(video_id: int, revision: int) -> Any:
    return plannable().filter(pk=video_id, source_revision=revision)


def claim_plan(video_id: int, revision: int) -> UUID | None:
    with transaction.atomic():
        token = leases.claim(_plannable(video_id, revision))
        if token:
            # What still encodes is an older source; the new one may be refused.
            _cancel_builds(video_id)
            Video.objects.filter(pk=video_id).update(state=State.PROCESSING)
    return token


def renew_plan(video_id: int, revision: int, token: UUID) -> bool:
    return leases.renew(_plannable(video_id, revision), token)


def refuse(video_id: int, token: UUID, reason: str) -> None:
    """The source is no film: say so to the people, and do not try again."""
    if leases.release(
        Video.objects.filter(pk=video_id), token, state=State.FAILED, error=reason[:300]
    ):
        logger.info("video refused", extra={"video": video_id, "reason": reason})
        versions.touch(versions.CATALOGUE)


def give_up(video_id: int, reason: str = GAVE_UP) -> None:
    """The system failed too often at looking at a source."""
    hopeless = plannable().filter(leases.is_free(), attempts__gte=settings.MAX_ATTEMPTS)
    if hopeless.filter(pk=video_id).update(state=State.FAILED, error=reason):
        logger.error("video given up", extra={"video": video_id})
        versions.touch(versions.CATALOGUE)


def release_plan(video_id: int, token: UUID, error: Exception | None = None) -> None:
    """The system failed: leave the work to the sweeper, unless this was the last attempt."""
    if leases.release(Video.objects.filter(pk=video_id), token):
        give_up(video_id, _reason(error))


def record_plan(video_id: int, revision: int, token: UUID, plan: Plan) -> Build | None:
    """Turn a plan into a build and its chunks; none when the lease was lost."""
    with transaction.atomic():
        video = _plannable(video_id, revision).select_for_update().filter(lease_token=token).first()
        if video is None:
            return None
        build = Build.objects.create(
            video=video, source_revision=revision, plan_json=plan.to_json()
        )
        Chunk.objects.bulk_create(Chunk(build=build, index=index) for index in range(plan.chunks))
        leases.release(
            Video.objects.filter(pk=video_id),
            token,
            planned_revision=revision,
            attempts=0,
            duration=float(plan.duration),
            width=plan.rungs[-1].width,
            height=plan.rungs[-1].height,
        )
        request_chunks(build, plan)
    return build


def _cancel_builds(video_id: int) -> None:
    """Stop what is still encoding; a half-made first build is withdrawn as well."""
    encoding = Build.objects.filter(video=video_id, state=BuildState.ENCODING)
    Video.objects.filter(pk=video_id, current_build__in=encoding).update(current_build=None)
    encoding.update(state=BuildState.CANCELLED, retired_at=timezone.now())
    transaction.on_commit(lambda: film_cache.forget([video_id]))


def _lock_film(build_id: int) -> None:
    Video.objects.filter(builds=build_id).select_for_update(of=("self",)).only("pk").first()


# --- chunks -------------------------------------------------------------------------


def request_chunks(build: Build, plan: Plan, indexes: list[int] | None = None) -> None:
    """Enqueue chunks; a film's first ones before the rest of older films."""
    wanted = list(range(plan.chunks)) if indexes is None else indexes
    build.chunks.filter(index__in=wanted).update(enqueued_at=timezone.now())
    calls = [
        Call("encode_chunk", (build.pk, index), chunk_seconds(plan, plan.chunk(index)) + 120)
        for index in wanted
    ]
    ring(URGENT, *(call for call in calls if call.arguments[1] < URGENT_CHUNKS))
    ring(TRANSCODE, *(call for call in calls if call.arguments[1] >= URGENT_CHUNKS))


def wanted_chunks() -> Any:
    """Chunks that somebody still wants encoded."""
    return Chunk.objects.filter(
        state=ChunkState.DUE,
        build__state=BuildState.ENCODING,
        build__source_revision=F("build__video__source_revision"),
    )


def _wanted_chunks(build_id: int, index: int) -> Any:
    return wanted_chunks().filter(build_id=build_id, index=index)


def claim_chunk(build_id: int, index: int) -> UUID | None:
    return leases.claim(_wanted_chunks(build_id, index))


def renew_chunk(build_id: int, index: int, token: UUID, seconds_done: float) -> bool:
    """Keep the lease and say how far the chunk is: a second attempt does not take it back."""
    furthest = Greatest("seconds_done", seconds_done)
    return leases.renew(_wanted_chunks(build_id, index), token, seconds_done=furthest)


def release_chunk(build_id: int, index: int, token: UUID, error: Exception | None = None) -> None:
    """An attempt failed; the next one follows at once, unless it was the last.

    When the storage is full the sweeper rings for it, about a minute later.
    """
    chunk = Chunk.objects.filter(build_id=build_id, index=index)
    if not leases.release(chunk, token, error=str(error or "It took too long.")[:300]):
        return
    if chunk.filter(attempts__gte=settings.MAX_ATTEMPTS).exists():
        fail_build(build_id, _reason(error))
    elif not _says_full(error):
        build = Build.objects.get(pk=build_id)
        request_chunks(build, build.plan, [index])


def _reason(error: Exception | None) -> str:
    """What people are told when the last attempt ended so."""
    return NO_ROOM if _says_full(error) else GAVE_UP


def _says_full(error: Exception | None) -> bool:
    is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    return is_full or isinstance(error, StorageFullError)


def publish_chunk(
    build_id: int, index: int, token: UUID, report: dict[str, Any], move: Callable[[], None]
) -> bool:
    """Let `move` put the segments in place and mark the chunk done; whether it was ours.

    The rows stay locked meanwhile: nobody else can claim the chunk between the look at
    the lease and the move, and of two chunks that end together one sees the other done.
    """
    with transaction.atomic():
        _lock_film(build_id)
        chunk = (
            _wanted_chunks(build_id, index)
            .filter(lease_token=token)
            .select_for_update(of=("self",))
            .first()
        )
        if chunk is None:
            return False
        move()
        leases.release(
            Chunk.objects.filter(pk=chunk.pk),
            token,
            state=ChunkState.DONE,
            report=report,
            done_at=timezone.now(),
            error="",
        )
        _show(build_id)
    return True


def _show(build_id: int) -> None:
    """Make a growing first build visible; have a whole one finished."""
    build = Build.objects.get(pk=build_id)
    due = build.chunks.filter(state=ChunkState.DUE)
    if not due.filter(index=0).exists() and Video.objects.filter(
        pk=build.video_id, current_build=None
    ).update(current_build=build):
        # Not earlier: the poster must not take time from the first picture.
        request_poster(build.video_id, build.source_revision)
    if not due.exists():
        request_finish(build_id)
    transaction.on_commit(lambda: film_cache.forget([build.video_id]))


# --- the end of a build -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Derived:
    """What was made of a whole build: bytes per progressive file, and counts."""

    progressive: dict[str, int] = field(default_factory=dict)
    subtitles: int = 0
    sheets: int = 0


def request_finish(build_id: int) -> None:
    Build.objects.filter(pk=build_id).update(enqueued_at=timezone.now())
    ring(URGENT, Call("finish_build", (build_id,), LONG_JOB_SECONDS))


def finishable() -> Any:
    """Builds whose chunks are all done."""
    return Build.objects.filter(
        state=BuildState.ENCODING, source_revision=F("video__source_revision")
    ).exclude(chunks__state=ChunkState.DUE)


def _finishable(build_id: int) -> Any:
    return finishable().filter(pk=build_id)


def claim_finish(build_id: int) -> UUID | None:
    return leases.claim(_finishable(build_id))


def renew_finish(build_id: int, token: UUID) -> bool:
    return leases.renew(_finishable(build_id), token)


def release_finish(build_id: int, token: UUID) -> None:
    if leases.release(Build.objects.filter(pk=build_id), token):
        finish_bare(build_id)


def finish_bare(build_id: int) -> None:
    """Publish a film without what could not be made of it in several attempts."""
    hopeless = _finishable(build_id).filter(leases.is_free(), attempts__gte=settings.MAX_ATTEMPTS)
    if _publish(build_id, hopeless, Derived()):
        logger.error("published without extras", extra={"build": build_id})


def publish_build(build_id: int, token: UUID, derived: Derived) -> bool:
    """Make a whole build the one that players get; whether it was still wanted."""
    return _publish(build_id, _finishable(build_id).filter(lease_token=token), derived)


def _publish(build_id: int, rows: Any, derived: Derived) -> bool:
    """The same if `rows` still has the build once its film is locked."""
    now = timezone.now()
    with transaction.atomic():
        _lock_film(build_id)
        build = rows.select_for_update(of=("self",)).first()
        if build is None:
            return False
        Build.objects.filter(pk=build_id).update(
            lease_token=None,
            lease_until=None,
            attempts=0,
            state=BuildState.COMPLETE,
            finished_at=now,
            progressive=derived.progressive,
            subtitles=derived.subtitles,
            storyboard_sheets=derived.sheets,
        )
        Video.objects.filter(pk=build.video_id).update(
            current_build=build, state=State.COMPLETED, error=""
        )
        build.video.builds.exclude(pk=build_id).filter(retired_at=None).update(retired_at=now)
        if settings.USE_S3_MEDIA:
            request_store(build_id)
        transaction.on_commit(lambda: film_cache.forget([build.video_id]))
    return True


def fail_build(build_id: int, reason: str) -> None:
    """Give a build up; an older whole one goes on being shown."""
    with transaction.atomic():
        _lock_film(build_id)
        build = Build.objects.get(pk=build_id)
        if not Build.objects.filter(pk=build_id, state=BuildState.ENCODING).update(
            state=BuildState.FAILED, retired_at=timezone.now(), lease_token=None, lease_until=None
        ):
            return
        current = Video.objects.filter(pk=build.video_id, source_revision=build.source_revision)
        current.update(state=State.FAILED, error=reason[:300])
        current.filter(current_build=build).update(current_build=None)
        transaction.on_commit(lambda: film_cache.forget([build.video_id]))
    logger.error("build failed", extra={"build": build_id, "reason": reason})


# --- the bucket ---------------------------------------------------------------------


def request_store(build_id: int) -> None:
    Build.objects.filter(pk=build_id).update(enqueued_at=timezone.now(), attempts=0)
    ring(STORE, Call("store_build", (build_id,), STORE_JOB_SECONDS))


def storable() -> Any:
    """Builds that players get from here, and should get from the bucket."""
    local = Build.objects.filter(state=BuildState.COMPLETE, stored_at=None, retired_at=None)
    return local if settings.USE_S3_MEDIA else local.none()


def in_bucket() -> Any:
    """Builds that lie there, and players are sent there."""
    stored = Build.objects.filter(stored_at__isnull=False)
    return stored if settings.USE_S3_MEDIA else stored.none()


def _storable(build_id: int) -> Any:
    return storable().filter(pk=build_id)


def claim_store(build_id: int) -> UUID | None:
    return leases.claim(_storable(build_id))


def renew_store(build_id: int, token: UUID) -> bool:
    return leases.renew(_storable(build_id), token)


def take_out_of_bucket(build: Build) -> None:
    """It is not there, or not whole: players get it from here until it is copied again."""
    Build.objects.filter(pk=build.pk).update(stored_at=None)
    film_cache.forget([build.video_id])
    logger.warning("not in the bucket", extra={"build": build.pk})


def request_tidying() -> None:
    """Have a worker look at what may go from here and from the bucket."""
    ring(STORE, Call("tidy_bucket", (), STORE_JOB_SECONDS))


def release_store(build_id: int, token: UUID) -> None:
    """No attempt is the last: the film plays from here meanwhile. Others have their turn."""
    rows = Build.objects.filter(pk=build_id)
    leases.release(rows, token, attempts=0, enqueued_at=timezone.now())


def record_stored(build: Build, token: UUID) -> None:
    """Send players to the bucket from now on."""
    if leases.release(_storable(build.pk), token, stored_at=timezone.now()):
        film_cache.forget([build.video_id])


# --- the poster ---------------------------------------------------------------------


def request_poster(video_id: int, revision: int) -> None:
    Video.objects.filter(pk=video_id).update(enqueued_at=timezone.now())
    ring(SHORT, Call("make_poster", (video_id, revision)))


def posterless() -> Any:
    """Videos that show their newest source, but not yet a poster of it."""
    own = Concat(
        Value("posters/"), "pk", Value("-"), "source_revision", Value(".jpg"), output_field=TEXT
    )
    return Video.objects.filter(
        planned_revision=F("source_revision"),
        current_build__source_revision=F("source_revision"),
    ).exclude(poster=own)


def lacks_poster() -> Q:
    """Somebody draws a video's poster, or will."""
    drawn = Q(attempts__lt=settings.MAX_ATTEMPTS) | Q(lease_until__gt=timezone.now())
    return Q(pk__in=posterless()) & drawn


def _posterless(video_id: int, revision: int) -> Any:
    return posterless().filter(pk=video_id, source_revision=revision)


def claim_poster(video_id: int, revision: int) -> UUID | None:
    return leases.claim(_posterless(video_id, revision))


def renew_poster(video_id: int, revision: int, token: UUID) -> bool:
    return leases.renew(_posterless(video_id, revision), token)


def release_poster(video_id: int, token: UUID) -> None:
    leases.release(Video.objects.filter(pk=video_id), token)


def set_poster(video_id: int, token: UUID, key: str) -> bool:
    """Show a new poster, unless the source has changed since."""
    is_ours = leases.release(Video.objects.filter(pk=video_id), token, poster=key)
    film_cache.forget([video_id])
    return is_ours
