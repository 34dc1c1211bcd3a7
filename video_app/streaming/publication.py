"""Publishing and withdrawing films, at once or at a date."""

from django.db import transaction
from django.db.models.functions import Now

from video_app.models import Video, VideoQuerySet
from video_app.streaming import film_cache

# Databases limit how many values a query may name.
AT_ONCE = 500


def set_published(video_ids: list[int], *, is_published: bool) -> list[int]:
    """Publish or withdraw films now; the ids of those that were not so before.

    A date at which the same would have happened has no meaning any more.
    """
    date = "publish_at" if is_published else "unpublish_at"
    changed: list[int] = []
    for begin in range(0, len(video_ids), AT_ONCE):
        rows = Video.objects.filter(pk__in=video_ids[begin : begin + AT_ONCE])
        changed += _flip(rows, is_published=is_published)
        rows.update(**{date: None})
    return changed


def follow_dates() -> int:
    """Publish what is to be published by now, withdraw what is to be withdrawn; how many films.

    A film whose whole time passed unseen is withdrawn again at once.
    """
    with transaction.atomic():
        begun = Video.objects.filter(publish_at__lte=Now())
        changed = _flip(begun, is_published=True)
        begun.update(publish_at=None)
        ended = Video.objects.filter(unpublish_at__lte=Now())
        changed += _flip(ended, is_published=False)
        ended.update(unpublish_at=None)
    return len(set(changed))


def _flip(rows: VideoQuerySet, *, is_published: bool) -> list[int]:
    wanted = rows.filter(is_published=not is_published)
    ids = list(wanted.values_list("pk", flat=True))
    wanted.update(is_published=is_published)
    if ids:
        transaction.on_commit(lambda: film_cache.forget(ids))
    return ids
