"""Publishing and withdrawing films."""

from django.db import transaction

from video_app.models import Video
from video_app.streaming import film_cache


def set_published(video_ids: list[int], *, is_published: bool) -> None:
    Video.objects.filter(pk__in=video_ids).update(is_published=is_published)
    transaction.on_commit(lambda: film_cache.forget(video_ids))
