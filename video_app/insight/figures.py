"""What the admin and Prometheus show of the sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from video_app.models import FilmDay, WatchTotals
from video_app.models.watching import PARTS, STALL_BOUNDS, STARTUP_BOUNDS, Sums, no_parts


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one film or of all, over some days."""

    views: int
    reported: int
    starts_only: int  # of films in a bucket, whose segments do not pass here
    hours: float
    startup: float | None  # average seconds
    stalls_per_hour: float | None  # of those that were reported or told by CMCD
    stalled_share: float | None  # seconds stalled per second watched
    errors: int
    retention: list[float]  # share of the views, but for `starts_only`, that saw each twentieth


@dataclass(frozen=True, slots=True)
class Histogram:
    """As Prometheus wants it: cumulative counts by upper bound, and the sum of the values."""

    buckets: list[tuple[str, float]]
    total: float


def of(days: Iterable[FilmDay]) -> Figures:
    """The figures of these rows together."""
    rows = list(days)
    views, seconds = _sum(rows, "views"), _sum(rows, "seconds")
    followed = views - _sum(rows, "starts_only")
    started = _sum(rows, "started")
    parts = [sum(column) for column in zip(*(row.retention for row in rows), strict=True)]
    return Figures(
        views=int(views),
        reported=int(_sum(rows, "reported")),
        starts_only=int(views - followed),
        hours=round(seconds / 3600, 1),
        startup=round(_sum(rows, "startup_seconds") / started, 2) if started else None,
        stalls_per_hour=round(3600 * _sum(rows, "stalls") / seconds, 2) if seconds else None,
        stalled_share=round(_sum(rows, "stalled_seconds") / seconds, 4) if seconds else None,
        errors=int(_sum(rows, "errors")),
        retention=[part / followed for part in parts or no_parts()] if followed else [0.0] * PARTS,
    )


def _sum(rows: Sequence[Sums], name: str) -> float:
    return float(sum(getattr(row, name) for row in rows))


def totals() -> WatchTotals:
    """Of all time; zeros before the first viewing."""
    return WatchTotals.objects.first() or WatchTotals()


def startups(row: Any) -> Histogram:
    return _histogram(STARTUP_BOUNDS, row.startups, row.startup_seconds)


def stalls(row: Any) -> Histogram:
    return _histogram(STALL_BOUNDS, row.stall_lengths, row.stalled_seconds)


def _histogram(bounds: Sequence[float], counts: Sequence[int], total: float) -> Histogram:
    names = [*map(str, bounds), "+Inf"]
    cumulative = [float(sum(counts[: place + 1])) for place in range(len(counts))]
    return Histogram(list(zip(names, cumulative, strict=True)), total)
