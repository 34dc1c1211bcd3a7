"""What is watched most, for everybody the same: the one place that knows how views are counted."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from video_app.models import WatchPosition

WEEK = timedelta(days=7)
MOST = 200
KEPT_SECONDS = 300


def most_watched() -> list[int]:
    """The ids of the films that most people watched within a week, the first first."""
    known: list[int] | None = cache.get("popular")
    if known is None:
        known = _counted()
        cache.set("popular", known, KEPT_SECONDS)
    return known


def ids_of(rows: Any, most: int = MOST) -> list[int]:
    """Those of the most watched films that are among `rows`."""
    popular = most_watched()
    among = set(rows.filter(pk__in=popular).order_by().values_list("pk", flat=True))
    return [pk for pk in popular if pk in among][:most]


def _counted() -> list[int]:
    lately = WatchPosition.objects.filter(updated_at__gte=timezone.now() - WEEK)
    counted = lately.values("video").annotate(viewers=Count("pk")).order_by("-viewers", "-video")
    return list(counted.values_list("video", flat=True)[:MOST])
