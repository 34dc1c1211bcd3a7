"""Changes of what films are described by, of many films at once; drafts of any state."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from video_app.models import Series, Tag, Video
from video_app.streaming import film_cache

# Databases limit how many values a query may name.
AT_ONCE = 500


def set_category(video_ids: list[int], category: str) -> list[int]:
    """The ids of the films that had another."""
    changed: list[int] = []
    for rows in _in_batches(video_ids):
        others = rows.exclude(category=category)
        changed += others.values_list("pk", flat=True)
        others.update(category=category)
    _announce(changed)
    return changed


def add_tag(video_ids: list[int], name: str) -> list[int]:
    """The ids of the films that did not have it."""
    tag: Any = tag_named(name)
    changed: list[int] = []
    for rows in _in_batches(video_ids):
        others = list(rows.exclude(tags=tag))
        tag.videos.add(*others)
        changed += [video.pk for video in others]
    _announce(changed)
    return changed


def remove_tag(video_ids: list[int], name: str) -> list[int]:
    """The ids of the films that had it."""
    tag: Any = Tag.objects.filter(name__iexact=name.strip()).first()
    changed: list[int] = []
    for rows in _in_batches(video_ids) if tag else ():
        tagged = list(rows.filter(tags=tag))
        tag.videos.remove(*tagged)
        changed += [video.pk for video in tagged]
    _announce(changed)
    return changed


def delete(video_ids: list[int]) -> None:
    """Delete films with all that belongs to them."""
    for rows in _in_batches(video_ids):
        rows.delete()


def tag_named(name: str) -> Tag:
    """The tag of that name in whatever case, made when there is none."""
    name = name.strip()
    with transaction.atomic():
        found = Tag.objects.filter(name__iexact=name).first()
        return found or Tag.objects.create(name=name)


def series_named(title: str) -> Series | None:
    """The series of that title in whatever case, made when there is none; None for ""."""
    title = title.strip()
    if not title:
        return None
    found = Series.objects.filter(title__iexact=title).order_by("pk").first()
    return found or Series.objects.create(title=title)


def _in_batches(video_ids: list[int]) -> Iterator[Any]:
    for begin in range(0, len(video_ids), AT_ONCE):
        yield Video.objects.filter(pk__in=video_ids[begin : begin + AT_ONCE])


def _announce(video_ids: list[int]) -> None:
    if video_ids:
        transaction.on_commit(lambda: film_cache.forget(video_ids))
