"""What has to be counted, remembered for its viewer until the catalogue changes: it is what
grows with it."""

import json
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db.models import Count

from video_app.catalogue import versions
from video_app.models import Tag, Video
from video_app.models.folding import sort_key


def remembered(user: Any, subject: list[Any], count: Callable[[], Any]) -> Any:
    """What `count` says, or said lately."""
    mine = versions.marks_of(user.pk)
    version = versions.current(versions.CATALOGUE, mine)
    rights = getattr(user, "age_limit", None), user.is_staff
    key = f"count:{version}:{rights}:{json.dumps(subject, default=str)}"
    known = cache.get(key) if version else None
    if known is None:
        known = count()
        cache.set(key, known, versions.LIFETIME)
    return known


def of_categories(user: Any) -> list[tuple[str, int]]:
    """(category, films in this user's lists), the largest first."""
    return [tuple(row) for row in remembered(user, ["categories"], lambda: _categories(user))]


def of_tags(user: Any) -> list[tuple[int, str, int]]:
    """(id, name, films in this user's lists), alphabetically."""
    return [tuple(row) for row in remembered(user, ["tags"], lambda: _tags(user))]


def _categories(user: Any) -> list[tuple[str, int]]:
    films = Video.objects.listed_for(user).playable().order_by()
    counted = films.values("category").annotate(total=Count("pk")).order_by("-total", "category")
    return list(counted.values_list("category", "total"))


def _tags(user: Any) -> list[tuple[int, str, int]]:
    films = Video.objects.listed_for(user).playable().order_by()
    tagged = Video.tags.through.objects.filter(video__in=films.values("pk"))
    totals = dict(tagged.values_list("tag").annotate(total=Count("pk")))
    names = Tag.objects.filter(pk__in=totals).values_list("pk", "name")
    found = [(pk, name, totals[pk]) for pk, name in names]
    return sorted(found, key=lambda tag: sort_key(tag[1]))
