"""Lists of films: which of them somebody wants, and in which order."""

from typing import Any

from video_app.catalogue import popularity, search, series, similar
from video_app.models import Favorite, Video, WatchPosition

# name → column
ORDERINGS = {
    "created_at": "created_at",
    "title": "sort_key",
    "duration": "duration",
    "year": "year",
}
POPULAR = "popular"
# Who watches more series at once will find their next episodes.
MOST_UPCOMING = 200
# The lists of what one did with films, and how each is ordered: what was done last comes first.
MARKED = {
    "favorite": "-my_favorite__id",
    "started": "-my_position__updated_at",
    "watched": "-my_position__watched_at",
}


class Ranked:
    """Films in the order of their ids, which are known: what was found by more than columns."""

    def __init__(self, rows: Any, ids: list[int]) -> None:
        self._rows = rows
        self._ids = ids

    def count(self) -> int:
        return len(self._ids)

    def __getitem__(self, which: slice) -> list[Video]:
        place = {pk: place for place, pk in enumerate(self._ids[which])}
        return sorted(self._rows.filter(pk__in=place), key=lambda row: place[row.pk])


def shown_to(user: Any, asked: dict[str, Any]) -> Any:
    """The films that can be watched; among what one marked are unlisted ones too."""
    is_marked = any(asked.get(mark) for mark in MARKED)
    rows = Video.objects.visible_to(user) if is_marked else Video.objects.listed_for(user)
    return rows.playable()


def chosen(rows: Any, user: Any, asked: dict[str, Any]) -> Any:
    """Those of `rows` that were asked for, in that order: a queryset, or `Ranked`."""
    rows = _marked(_filtered(rows, asked), user, asked)
    found = _found(rows, user, asked)
    ordering = asked.get("ordering")
    if found is not None and not ordering:
        return Ranked(rows, found)
    if ordering == POPULAR:
        return Ranked(rows, popularity.ids_of(rows))
    if found is not None:
        rows = rows.filter(pk__in=found)
    return rows.order_by(*_order(ordering or _usual_order(asked)))


def _filtered(rows: Any, asked: dict[str, Any]) -> Any:
    for name in ("category", "series", "year"):
        if (value := asked.get(name)) is not None:
            rows = rows.filter(**{name: value})
    if tag := asked.get("tag"):
        which = {"tags": int(tag)} if tag.isdecimal() else {"tags__name__iexact": tag}
        rows = rows.filter(pk__in=Video.objects.filter(**which).values("pk"))
    return rows


def _marked(rows: Any, user: Any, asked: dict[str, Any]) -> Any:
    for name in MARKED:
        if (wanted := asked.get(name)) is not None:
            films = _marks(user, name).values("video")
            rows = rows.filter(pk__in=films) if wanted else rows.exclude(pk__in=films)
    return rows


def _marks(user: Any, name: str) -> Any:
    if name == "favorite":
        return Favorite.objects.of(user)
    positions = WatchPosition.objects.of(user)
    if name == "started":
        return positions.filter(seconds__gt=0)
    return positions.filter(watched_at__isnull=False)


def _found(rows: Any, user: Any, asked: dict[str, Any]) -> list[int] | None:
    """The ids of what was searched, of what is like a film, or of next episodes, the best first."""
    if text := asked.get("search"):
        return search.best(rows, text)
    if like := asked.get("like"):
        return similar.ids_like(user, rows, like)
    if asked.get("upcoming"):
        ids = series.waiting_for(user, MOST_UPCOMING)
        shown = set(rows.filter(pk__in=ids).order_by().values_list("pk", flat=True))
        return [pk for pk in ids if pk in shown]
    return None


def _usual_order(asked: dict[str, Any]) -> str:
    return next((order for mark, order in MARKED.items() if asked.get(mark)), "-created_at")


def _order(ordering: str) -> tuple[str, str]:
    sign, name = ("-", ordering[1:]) if ordering.startswith("-") else ("", ordering)
    return sign + ORDERINGS.get(name, name), f"{sign}id"


def history(user: Any) -> Any:
    """What the user has begun or watched, the last first."""
    begun = WatchPosition.objects.of(user).values("video")
    rows: Any = Video.objects.visible_to(user).playable().filter(pk__in=begun)
    return rows.with_marks(user).order_by("-my_position__updated_at", "-id")
