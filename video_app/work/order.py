"""The one order of work: what a worker does next is decided here, when it is free.

Everything new is looked at first, then every film becomes watchable, holes in films are mended,
what is whole is finished, and films go on in turns; whatever somebody watches goes before the
rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from video_app.streaming import watching
from video_app.work import (
    encoding,
    extras,
    finishing,
    machine,
    planning,
    posters,
    repairing,
    verifying,
    workers,
)
from video_app.work.kind import Kind
from video_app.work.lease import claim, may_start
from video_app.work.queue import TRANSCODE, URGENT

# Rows that are tried before the next turn, when others claim them first.
CANDIDATES = 16


def _all(rows: Any) -> Any:
    return rows


def _first_chunks(rows: Any) -> Any:
    return rows.filter(index=0)


def _watched(rows: Any) -> Any:
    return rows.filter(build__video__in=watching.watched_now())


@dataclass(frozen=True, slots=True)
class Turn:
    """Some due rows of a kind, and in which order among themselves; `lane` names the queue
    that wakes workers for them."""

    lane: str
    kind: Kind
    narrow: Callable[[Any], Any] = _all
    order: tuple[str, ...] = ("pk",)

    def candidates(self) -> list[int]:
        has_attempts = {"attempts__lt": settings.MAX_ATTEMPTS}  # hopeless posters stay due
        rows = self.narrow(self.kind.due()).filter(may_start(), **has_attempts)
        return list(rows.order_by(*self.order).values_list("pk", flat=True)[:CANDIDATES])


# In turns: every film's second chunk comes before any film's third.
IN_TURNS = ("index", "build_id")

ORDER = (
    Turn(URGENT, planning.KIND),
    Turn(URGENT, encoding.KIND, _first_chunks),
    Turn(URGENT, repairing.KIND),
    Turn(URGENT, finishing.KIND),
    Turn(TRANSCODE, encoding.KIND, _watched, IN_TURNS),
    Turn(URGENT, posters.KIND),
    Turn(TRANSCODE, encoding.KIND, _all, IN_TURNS),
    Turn(TRANSCODE, extras.KIND),
    Turn(TRANSCODE, verifying.KIND, _all, ("verified_at", "pk")),
)
KINDS = tuple(dict.fromkeys(turn.kind for turn in ORDER))
EVERY_LANE = frozenset(turn.lane for turn in ORDER)
# Who is woken for the rest of a film does what is urgent first.
LANES = {
    URGENT: frozenset({URGENT}),
    TRANSCODE: frozenset({URGENT, TRANSCODE}),
}


def run_next(lane: str = "") -> bool:
    """Do the most important work that is due in a lane; whether there was any.

    Nothing is begun while the media are away or another database's.
    """
    if problem := machine.storage_problem():
        workers.report(problem)
        return False
    lanes = LANES.get(lane, EVERY_LANE)
    return any(_run_one(turn) for turn in ORDER if turn.lane in lanes)


def _run_one(turn: Turn) -> bool:
    for pk in turn.candidates():
        if lease := claim(turn.kind.due().filter(pk=pk)):
            turn.kind.run(lease)
            return True
    return False
