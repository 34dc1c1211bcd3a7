"""The one order of work: what a worker does next is decided here, when it is free.

Everything new is looked at first, then every film becomes watchable, nobody who watches is
overtaken, holes in films are mended, what is whole is finished, and films go on in turns;
whatever somebody watches goes before the rest.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from video_app.models import Build, BuildState, Chunk, ChunkState
from video_app.streaming import watching
from video_app.work import (
    captions,
    encoding,
    extras,
    finishing,
    importing,
    machine,
    planning,
    posters,
    repairing,
    verifying,
    workers,
)
from video_app.work.kind import Kind
from video_app.work.lease import Body, may_start, work_on
from video_app.work.queue import TRANSCODE, URGENT

# Rows that are tried before the next turn, when others claim them first.
CANDIDATES = 16
# Beyond the chunk of the segment that was asked for last.
AHEAD_CHUNKS = 2


def _all(rows: Any) -> Any:
    return rows


def _first_chunks(rows: Any) -> Any:
    return rows.filter(index=0, has_low=False)


def _near_viewers(rows: Any) -> Any:
    """The low layer near whoever is furthest in a film, whose player has some more in store."""
    near = Q(pk=None)
    furthest = watching.furthest()
    for build in Build.objects.filter(state=BuildState.ENCODING, video__in=furthest):
        here = bisect_right(build.plan.chunk_cuts, furthest[build.video_id]) - 1
        last = here + AHEAD_CHUNKS
        near |= Q(build=build, index__lte=last)
    return rows.filter(near, has_low=False)


def _beginnings(rows: Any) -> Any:
    is_long = Q(build__video__duration__gte=encoding.LONG, index__lt=encoding.BEGINNING)
    near = Q(index__lt=encoding.SHORT_BEGINNING) | is_long
    return _begun(rows).filter(near, has_low=False)


def _watched(rows: Any) -> Any:
    return rows.filter(build__video__in=watching.watched_now())


def _begun(rows: Any) -> Any:
    """Not of films whose first picture is still to come: it needs the whole machine."""
    to_begin = Chunk.objects.filter(index=0, state=ChunkState.DUE, has_low=False)
    return rows.exclude(build__in=to_begin.values("build"))


@dataclass(frozen=True, slots=True)
class Turn:
    """Some due rows of a kind, and in which order among themselves; `lane` names the queue
    that wakes workers for them, `body` is what is done instead of all that the kind does."""

    lane: str
    kind: Kind
    narrow: Callable[[Any], Any] = _all
    order: tuple[str, ...] = ("pk",)
    body: Body | None = None

    def candidates(self) -> list[int]:
        has_attempts = {"attempts__lt": settings.MAX_ATTEMPTS}  # hopeless posters stay due
        rows = self.narrow(self.kind.due()).filter(may_start(), **has_attempts)
        return list(rows.order_by(*self.order).values_list("pk", flat=True)[:CANDIDATES])


# In turns: every film's second chunk comes before any film's third.
IN_TURNS = ("index", "build_id")

ORDER = (
    Turn(URGENT, planning.KIND),
    Turn(URGENT, encoding.KIND, _first_chunks, ("pk",), encoding.run_ahead),
    Turn(URGENT, encoding.KIND, _near_viewers, IN_TURNS, encoding.run_ahead),
    Turn(URGENT, repairing.KIND),
    Turn(URGENT, finishing.KIND),
    Turn(URGENT, encoding.KIND, _beginnings, IN_TURNS, encoding.run_ahead),
    Turn(TRANSCODE, encoding.KIND, _watched, IN_TURNS, encoding.run_ahead),
    Turn(URGENT, posters.KIND),
    Turn(TRANSCODE, importing.KIND, importing.one_at_a_time),
    Turn(TRANSCODE, encoding.KIND, _begun, IN_TURNS),
    Turn(TRANSCODE, extras.KIND),
    Turn(TRANSCODE, verifying.KIND, _all, ("verified_at", "pk")),
    Turn(TRANSCODE, captions.KIND, captions.one_at_a_time, ("-pk",)),
)
KINDS = tuple(dict.fromkeys(turn.kind for turn in ORDER))
EVERY_LANE = frozenset(turn.lane for turn in ORDER)
# Who is woken for the rest of a film does what is urgent first.
LANES = {
    URGENT: frozenset({URGENT}),
    TRANSCODE: frozenset({URGENT, TRANSCODE}),
}


def run_next(lane: str = "") -> str:
    """Do the most important work that is due in a lane; the lane of its own, "" without any.

    Nothing is begun while the media are away or another database's.
    """
    if problem := machine.storage_problem():
        workers.report(problem)
        return ""
    lanes = LANES.get(lane, EVERY_LANE)
    for turn in ORDER:
        for pk in turn.candidates() if turn.lane in lanes else ():
            wanted = turn.kind.due().filter(pk=pk)
            if work_on(wanted, turn.body or turn.kind.run, turn.kind.failed):
                return turn.lane
    return ""
