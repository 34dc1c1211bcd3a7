"""What users do with films: favourites, and how far they have come.

Marking a film that was deleted meanwhile raises `Video.DoesNotExist`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from video_app.catalogue import versions
from video_app.models import Favorite, Video, WatchPosition

# The rest is credits.
WATCHED_SHARE = 0.95


def favorites(user: Any) -> list[int]:
    """The ids of the films that the user may see, in the order in which they were chosen."""
    chosen = Favorite.objects.filter(user=user, video__in=Video.objects.visible_to(user))
    return list(chosen.order_by("id").values_list("video_id", flat=True))


def set_favorite(user: Any, video: Video, *, is_favorite: bool) -> None:
    if is_favorite:
        with _film_must_exist():
            Favorite.objects.get_or_create(user=user, video=video)
    else:
        Favorite.objects.filter(user=user, video=video).delete()
    versions.touch(versions.marks_of(user.pk))


def toggle_favorite(user: Any, video: Video) -> None:
    is_favorite = Favorite.objects.filter(user=user, video=video).exists()
    set_favorite(user, video, is_favorite=not is_favorite)


def keep_position(user: Any, video: Video, seconds: float) -> WatchPosition:
    """Who came to the end has watched the film, and begins anew next time."""
    change: dict[str, Any] = {"seconds": seconds}
    if video.duration and seconds >= video.duration * WATCHED_SHARE:
        change = {"seconds": 0, "watched_at": timezone.now()}
    with _film_must_exist():
        position, _ = WatchPosition.objects.update_or_create(
            user=user, video=video, defaults=change
        )
    versions.touch(versions.marks_of(user.pk))
    return position


@contextmanager
def _film_must_exist() -> Iterator[None]:
    """A mark refers to its film, which may be deleted between look and use."""
    try:
        yield
    except IntegrityError as error:
        raise Video.DoesNotExist from error


def forget_position(user: Any, video: Video) -> None:
    WatchPosition.objects.filter(user=user, video=video).delete()
    versions.touch(versions.marks_of(user.pk))
