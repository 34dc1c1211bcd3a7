"""What the stream views need to know of a film, kept in the cache for a few seconds.

The cache is a copy, the database the truth. A change announces itself by `forget`,
which puts a *placeholder* under the key instead of deleting it: readers may only `add`, so
one that read the database just before the change cannot replace the placeholder with what it
saw. What slips through (Redis away at that moment, a reader slower than the placeholder)
lives for `LIFETIME` at most.
"""

from collections.abc import Iterable
from typing import TypedDict

from django.conf import settings
from django.core.cache import cache
from django.db.models import OuterRef, Prefetch, Q, Subquery, Sum, prefetch_related_objects

from video_app.catalogue import versions
from video_app.models import Audience, Build, BuildState, Chunk, Video
from video_app.pipeline import ladder, layers
from video_app.pipeline.types import Plan

LIFETIME = 10  # seconds
PLACEHOLDER_LIFETIME = 2  # seconds

# Of the fields of `Film`; raise it with every change of them, for rolling upgrades.
CACHE_VERSION = 8


class PlayableBuild(TypedDict):
    """A build as players may see it."""

    id: int
    prefix: str  # of its storage keys
    rungs: list[str]
    offered: list[str]  # the rungs that the master names
    ready: dict[str, int]  # folder → segments that may be asked for
    complete: bool
    abandoned: bool  # nothing will follow what is ready
    progressive: list[str]  # rungs that have a progressive MP4
    tracks: int  # selectable sound tracks
    subtitles: int  # subtitle tracks
    sheets: int  # of the storyboard
    stored: bool  # in the bucket
    revision: int  # how many chunks were mended
    tracks_revision: int  # how often people edited the tracks
    total: int  # segments that there will be
    length: float  # average seconds of a segment
    # In the bucket: end of each chunk's segments, their folder, that of the low layer.
    places: list[tuple[int, str, str]]


class Film(TypedDict):
    public: bool  # published
    groups: list[int] | None  # whose members alone may see it; None: everybody
    age: int | None  # from which it is; None: nobody knows
    current: int | None
    thumbnail: str  # storage key of its thumbnail or poster, or ""
    builds: dict[str, PlayableBuild]  # by build id; JSON has no other keys


def is_growing(build: PlayableBuild) -> bool:
    """Whether more of it will follow."""
    return not (build["complete"] or build["abandoned"])


def stand_in(build: PlayableBuild, rung: str) -> tuple[str, int]:
    """Whose segments stand for those of a rung that players are not offered yet, and how many:
    no more than it has itself once it is offered, so that no list of them gets shorter."""
    other = ladder.nearest(rung, tuple(build["offered"]))
    return other, min(build["ready"][other], layers.OFFERED_SEGMENTS)


def key(video_id: int) -> str:
    return f"film:{CACHE_VERSION}:{video_id}"


def forget(video_ids: Iterable[int]) -> None:
    """Announce a change of visibility, current build or ready prefix; call it after commit."""
    placeholders: dict[str, object] = {key(video_id): {} for video_id in video_ids}
    cache.set_many(placeholders, timeout=PLACEHOLDER_LIFETIME)
    versions.touch(versions.CATALOGUE)


def load(video_id: int) -> Film | None:
    """The film from the database, left in the cache for the next one who asks."""
    video = Video.objects.filter(pk=video_id).first()
    if video is None:
        return None
    film = _film(video)
    cache.add(key(video_id), film, LIFETIME)
    return film


def _film(video: Video) -> Film:
    # A retired build still serves the players that began with it; a failed one has no files.
    retired = Q(retired_at__isnull=False) & ~Q(state=BuildState.FAILED)
    shown = Q(pk=video.current_build_id) | retired
    chunks = Chunk.objects.filter(build=OuterRef("pk")).order_by().values("build")
    mended = Subquery(chunks.annotate(total=Sum("revision")).values("total"))
    builds = video.builds.filter(shown).annotate(mended=mended)
    growing = [build for build in builds if build.state != BuildState.COMPLETE]
    done = Chunk.objects.only("build_id", "index", "state", "done_at", "low_at")
    prefetch_related_objects(growing, Prefetch("chunks", done))
    return Film(
        public=video.is_published,
        groups=_groups(video),
        age=video.age_rating,
        current=video.current_build_id,
        thumbnail=video.picture,
        builds={
            str(build.pk): _playable(build, build.mended or 0, video.tracks_revision)
            for build in builds
        },
    )


def _groups(video: Video) -> list[int] | None:
    if video.audience != Audience.GROUPS:
        return None
    return list(video.groups.values_list("pk", flat=True))


def _playable(build: Build, revision: int, tracks_revision: int) -> PlayableBuild:
    plan, ready = build.plan, build.ready_segments()
    return PlayableBuild(
        id=build.pk,
        prefix=build.prefix,
        rungs=[rung.name for rung in plan.rungs],
        offered=layers.offered(plan, ready),
        ready=ready,
        complete=build.state == BuildState.COMPLETE,
        abandoned=build.state == BuildState.CANCELLED,
        progressive=list(build.progressive),
        tracks=len(plan.track_folders),
        subtitles=build.subtitles,
        sheets=build.storyboard_sheets,
        stored=settings.USE_S3_MEDIA and build.stored_at is not None,
        revision=revision,
        tracks_revision=tracks_revision,
        total=plan.segments,
        length=round(float(plan.duration) / plan.segments, 3),
        places=_places(build, plan),
    )


def _places(build: Build, plan: Plan) -> list[tuple[int, str, str]]:
    if not build.stored_at:
        return []
    chunks = build.chunks.order_by("index").values_list("place", "low_place")
    return [(end, *places) for end, places in zip(plan.chunk_cuts[1:], chunks, strict=False)]
