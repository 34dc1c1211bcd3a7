"""Segments that a row promises and the store does not have, or not whole.

A missing one is noticed when a player asks for it. Its chunk becomes due once more; until
that is encoded, the chunk's last report stands, so that no playlist changes.
"""

import logging
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Q

from video_app.models import Build, Chunk, ChunkState
from video_app.pipeline import layout
from video_app.store import identity, the_store
from video_app.streaming import watching
from video_app.streaming.answers import UnavailableError
from video_app.streaming.film_cache import PlayableBuild

logger = logging.getLogger(__name__)


@contextmanager
def reported(build: PlayableBuild, segment: int) -> Iterator[None]:
    """Report a listed segment whose file is missing.

    `UnavailableError` tells players to try again, which a 404 would keep them from.
    """
    try:
        yield
    except FileNotFoundError as error:
        report_missing(build["id"], segment)
        raise UnavailableError from error


def report_missing(build_id: int, segment: int) -> bool:
    """Have the chunk of this segment encoded again; whether nobody has asked for that yet.

    Not while the media are away or another database's: then nothing is damaged.
    """
    about = {"build": build_id, "segment": segment}
    if problem := identity.problem():
        logger.warning("segment_out_of_reach", extra=about | {"reason": problem})
        return False
    build = Build.objects.filter(pk=build_id).first()
    if build is None or not request_again(build, bisect_right(build.plan.chunk_cuts, segment) - 1):
        return False
    # Where one is missing others may be: a player that comes to them need not wait.
    for index in damaged_chunks(build):
        request_again(build, index)
    logger.error("segment_missing", extra=about | {"video": build.video_id})
    watching.note(build.video_id)  # so that it goes before films that nobody watches
    return True


def request_again(build: Build, index: int) -> bool:
    """Make a chunk that is done due once more, or its low layer; whether it was not already."""
    done = Q(state=ChunkState.DONE) | Q(has_low=True)
    fresh = {"attempts": 0, "setbacks": 0, "setback": "", "retry_at": None, "enqueued_at": None}
    again = {"state": ChunkState.DUE, "has_low": False, "seconds_done": 0}
    return bool(Chunk.objects.filter(done, build=build, index=index).update(**again, **fresh))


def damaged_chunks(build: Build) -> list[int]:
    """The chunks of a build that lack a segment, or have one of another size than reported."""
    done = build.chunks.filter(state=ChunkState.DONE).order_by("index")
    sizes = the_store().sizes(build.prefix)
    return [chunk.index for chunk in done if not _is_whole(build, chunk, sizes)]


def _is_whole(build: Build, chunk: Chunk, sizes: dict[str, int]) -> bool:
    first = build.plan.chunk(chunk.index).first_segment
    return all(
        sizes.get(layout.segment_key(build.prefix, folder, number, chunk.place_of(folder)))
        == segment["size"]
        for folder, segments in chunk.report.items()
        for number, segment in enumerate(segments, first)
    )
