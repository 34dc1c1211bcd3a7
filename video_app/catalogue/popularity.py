"""What is watched most, for everybody the same: the one place that knows how views are counted."""

from typing import Any

from django.core.cache import cache

from video_app.models import FilmDay

DAYS = 7
MOST = 200
KEPT_SECONDS = 300


def most_watched() -> list[int]:
    """The ids of the films with the most views within a week, the first of them first."""
    known: list[int] | None = cache.get("popular")
    if known is None:
        known = FilmDay.objects.most_watched(DAYS, MOST)
        cache.set("popular", known, KEPT_SECONDS)
    return known


def ids_of(rows: Any, most: int = MOST) -> list[int]:
    """Those of the most watched films that are among `rows`."""
    popular = most_watched()
    among = set(rows.filter(pk__in=popular).order_by().values_list("pk", flat=True))
    return [pk for pk in popular if pk in among][:most]
