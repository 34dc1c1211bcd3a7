"""Adding viewings to the sums of their films' days, and to those of all time."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from video_app.models import FilmDay, Viewing, WatchTotals
from video_app.models.watching import (
    PARTS,
    STARTUP_BOUNDS,
    no_parts,
    no_stalls,
    no_startups,
)

Pair = tuple[Viewing, Viewing | None]
NUMBERS = (
    *("views", "reported", "starts_only", "seconds", "started", "startup_seconds"),
    *("stalls", "stalled_seconds", "errors"),
)
LISTS = {"startups": no_startups, "stall_lengths": no_stalls, "retention": no_parts}


def add(pairs: Iterable[Pair]) -> None:
    """Add what each viewing has more than it had before; inside of a transaction.

    Rows are locked in one order: the days of films by film and day, then the totals.
    """
    changes: dict[tuple[int, date], list[dict[str, Any]]] = defaultdict(list)
    for now, before in pairs:
        difference = _difference(_counted(now), _counted(before))
        changes[(now.video_id, now.day)].append(difference)
    for (video_id, day), found in sorted(changes.items()):
        FilmDay.objects.get_or_create(video_id=video_id, day=day)
        _grow(FilmDay.objects.select_for_update().get(video_id=video_id, day=day), found)
    WatchTotals.objects.get_or_create(pk=1)
    every = [one for found in changes.values() for one in found]
    _grow(WatchTotals.objects.select_for_update().get(pk=1), every)


def _counted(viewing: Viewing | None) -> dict[str, Any]:
    """What a viewing adds to the sums: what was watched, and that something could not be."""
    is_failed = viewing is not None and viewing.end == "error"
    if viewing is None or not viewing.is_view:
        empty: dict[str, Any] = dict.fromkeys(NUMBERS, 0) | {"errors": int(is_failed)}
        return empty | {name: make() for name, make in LISTS.items()}
    startups = no_startups()
    if viewing.startup is not None:
        startups[bisect_left(STARTUP_BOUNDS, viewing.startup)] = 1
    return {
        "views": 1,
        "reported": int(viewing.is_reported),
        "starts_only": int(viewing.seconds == 0),
        "seconds": viewing.seconds,
        "started": sum(startups),
        "startup_seconds": viewing.startup or 0,
        "startups": startups,
        "stalls": viewing.stalls,
        "stalled_seconds": viewing.stalled,
        "stall_lengths": list(viewing.stall_lengths),
        "errors": int(is_failed),
        "retention": [viewing.seen >> part & 1 for part in range(PARTS)],
    }


def _difference(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: now[name] - before[name] for name in NUMBERS}
    lists = {name: [a - b for a, b in zip(now[name], before[name], strict=True)] for name in LISTS}
    return numbers | lists


def _grow(row: FilmDay | WatchTotals, changes: list[dict[str, Any]]) -> None:
    for name in NUMBERS:
        total = getattr(row, name) + sum(change[name] for change in changes)
        setattr(row, name, max(0, total))
    for name in LISTS:
        if hasattr(row, name):
            columns = zip(getattr(row, name), *(change[name] for change in changes), strict=True)
            setattr(row, name, [max(0, sum(column)) for column in columns])
    row.save()
