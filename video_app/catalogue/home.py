"""The rows of the home page: as many queries for ten films as for a hundred thousand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from video_app.catalogue import counts, popularity, series, similar
from video_app.catalogue.unions import ids_of_each
from video_app.models import Category, Video, are_of

# A row shows so many and links to the rest.
LENGTH = 16
# The largest ones; all of them are listed elsewhere.
MOST_CATEGORIES = 8


@dataclass(frozen=True, slots=True)
class _Planned:
    """A row whose films are not read yet: their ids, or a query of them."""

    id: str
    title: str
    url: str
    source: Any


@dataclass(frozen=True, slots=True)
class Row:
    """A titled list, and where all of it is."""

    id: str
    title: str
    url: str
    videos: list[Video]


def rows(user: Any) -> list[Row]:
    """What this user's home page shows; rows that would be empty are left out."""
    planned = list(_planned(user))
    ids = _ids([row.source for row in planned])
    films: Any = Video.objects.visible_to(user).playable().for_cards().with_marks(user)
    known = films.in_bulk({pk for found in ids for pk in found})
    filled = [
        Row(row.id, row.title, row.url, [known[pk] for pk in found if pk in known])
        for row, found in zip(planned, ids, strict=True)
    ]
    return [row for row in filled if row.videos]


def _planned(user: Any) -> Iterator[_Planned]:
    seen, listed = Video.objects.visible_to(user).playable(), Video.objects.listed_for(user)
    listed = listed.playable()
    begun = seen.filter(are_of(user, "positions"), positions__seconds__gt=0)
    begun = begun.order_by("-positions__updated_at")
    chosen = seen.filter(are_of(user, "favorite")).order_by("-favorite__id")
    upcoming = series.waiting_for(user, LENGTH)
    yield _Planned("continue", _("Continue watching"), _films(started="true"), begun)
    yield _Planned("next", _("Next episodes"), _films(upcoming="true"), upcoming)
    yield _Planned("my-list", _("My list"), _films(favorite="true"), chosen)
    yield _Planned("new", _("New"), _films(ordering="-created_at"), _newest(listed))
    popular = popularity.ids_of(listed, LENGTH)
    yield _Planned("popular", _("Most watched this week"), _films(ordering="popular"), popular)
    yield from _because(user, listed)
    for category, _count in counts.of_categories(user)[:MOST_CATEGORIES]:
        label, url = Category(category).name_for_readers, _films(category=category)
        films = _newest(listed.filter(category=category))
        yield _Planned(f"category-{category}", label, url, films)


def _because(user: Any, listed: Any) -> Iterator[_Planned]:
    """Films like the one that was watched last."""
    watched = Video.objects.visible_to(user).filter(
        are_of(user, "positions"), positions__watched_at__isnull=False
    )
    last = watched.order_by("-positions__watched_at").values_list("pk", "title").first()
    if last:
        pk, title = last
        ids = similar.ids_like(user, listed, pk, LENGTH)
        label = _("Because you watched %(title)s") % {"title": title}
        yield _Planned("because", label, _films(like=pk), ids)


def _newest(films: Any) -> Any:
    return films.order_by("-created_at", "-id")


def _films(**asked: Any) -> str:
    return f"/api/video/?{urlencode(asked)}"


def _ids(sources: list[Any]) -> list[list[int]]:
    """The ids of each row; those that only a query knows with one query for all of them."""
    queries = [source[:LENGTH] for source in sources if not isinstance(source, list)]
    found = iter(ids_of_each(queries))
    return [source if isinstance(source, list) else next(found) for source in sources]
