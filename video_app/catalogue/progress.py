"""How far a film is encoded, and how fast; read from its newest build and its chunks."""

import math
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils import timezone

from video_app.models import Build, BuildState, ChunkState, Leased, State, Video, unfinished_work


def percent(video: Video) -> float:
    """Percent of the newest source that is encoded, 0 to 100."""
    if video.state == State.COMPLETED:
        return 100.0
    build = newest_unfinished_build(video)
    if build is None or not video.duration:
        return 0.0
    return round(min(99.9, 100 * _encoded_seconds(build) / video.duration), 1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of film encoded per second, and the seconds that are left at that."""

    speed: float
    seconds_left: int


def pace(video: Video) -> Pace | None:
    """How fast the newest source is being encoded; none before anything is."""
    build = newest_unfinished_build(video)
    if build is None or build.state != BuildState.ENCODING or not video.duration:
        return None
    encoded = _encoded_seconds(build)
    elapsed = (timezone.now() - build.created_at).total_seconds()
    if not encoded or not elapsed:
        return None
    left = (video.duration - encoded) * elapsed / encoded
    # Coarse, so that an unchanged answer stays the same for a poll or two.
    return Pace(speed=round(encoded / elapsed, 1), seconds_left=5 * math.ceil(left / 5))


def ready(video: Video) -> dict[str, float]:
    """Rung → seconds of the film that can be watched in it, while it grows; nothing of a film
    that is whole, or not there at all."""
    build = newest_unfinished_build(video)
    if build is None or build.state != BuildState.ENCODING or build.pk != video.current_build_id:
        return {}
    plan, segments = build.plan, build.ready_segments()
    return {rung.name: float(plan.time(plan.cuts[segments[rung.name]])) for rung in plan.rungs}


def waiting(video: Video) -> str:
    """The fault of a machine that the film waits for, in words; "" when it does not wait."""
    build = newest_unfinished_build(video)
    rows: list[Leased] = [video, build, *build.chunks.all()] if build else [video]
    return next((row.setback for row in rows if row.retry_at), "")


def newest_unfinished_build(video: Video) -> Build | None:
    """The build of the newest source, unless it is complete or there is none yet."""
    if not hasattr(video, "unfinished"):
        prefetch_related_objects([video], *unfinished_work())
    return next(iter(video.unfinished), None)


def _encoded_seconds(build: Build) -> float:
    plan = build.plan
    seconds = 0.0
    for chunk in build.chunks.all():
        span = plan.chunk(chunk.index)
        whole = float(plan.time(span.end_frame - span.first_frame))
        seconds += whole if chunk.state == ChunkState.DONE else min(chunk.seconds_done, whole)
    return seconds
