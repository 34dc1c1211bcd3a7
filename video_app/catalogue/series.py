"""Series as a viewer sees them: their films, and what comes next."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery

from video_app.catalogue.episodes import Episode, after, next_up
from video_app.models import Series, Video, WatchPosition

# Of what one watched last; who watches more series at once will find them.
LATEST_POSITIONS = 200


def shown_to(user: Any) -> Any:
    """The series with films that this user's lists show, alphabetically; with their `count`."""
    films = Video.objects.listed_for(user).playable().filter(series=OuterRef("pk")).order_by()
    counted = films.values("series").annotate(total=Count("pk")).values("total")
    shown = Series.objects.filter(Exists(films)).annotate(count=Subquery(counted))
    return shown.order_by("sort_key", "id")


def choosable_by(user: Any) -> Any:
    """The series that this user may put a film into: empty ones, and those of films that they
    may see."""
    films = Video.objects.filter(series=OuterRef("pk"))
    seen = Video.objects.visible_to(user).filter(series=OuterRef("pk"))
    return Series.objects.filter(~Exists(films) | Exists(seen))


def episodes_of(user: Any, series_ids: Iterable[int]) -> dict[int, list[Episode]]:
    """By series the films that this user may see, with what they did with each: one query."""
    rows: Any = Video.objects.listed_for(user).playable().filter(series__in=list(series_ids))
    columns = ("series", "pk", "season", "episode", "title", "position")
    times = ("my_position__watched_at", "my_position__updated_at")
    found: dict[int, list[Episode]] = defaultdict(list)
    for series, *episode in rows.with_marks(user).order_by().values_list(*columns, *times):
        found[series].append(Episode(*episode))
    return found


def following(user: Any, video: Video) -> Episode | None:
    """The episode after this film."""
    if video.series_id is None:
        return None
    return after(episodes_of(user, [video.series_id])[video.series_id], video.pk)


def waiting_for(user: Any, most: int) -> list[int]:
    """The ids of the next episodes of the series that this user watches, the latest first.

    Those that are begun already are not among them. Two queries.
    """
    latest = WatchPosition.objects.of(user).filter(video__series__isnull=False)
    watched = latest.order_by("-updated_at").values_list("video__series", flat=True)
    series_ids = list(dict.fromkeys(watched[:LATEST_POSITIONS]))
    episodes = episodes_of(user, series_ids)
    following = [next_up(episodes[series_id]) for series_id in series_ids]
    return [episode.pk for episode in following if episode and not episode.seconds][:most]
