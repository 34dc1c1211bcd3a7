"""What users do with films: favourites, how far they have come, and what they have watched.

Marking a film that was deleted meanwhile raises `Video.DoesNotExist`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from video_app.catalogue import versions
from video_app.models import Favorite, Video, WatchPosition, are_of
from video_app.models.marks import whose

# Who stops so little before the end has watched the film: the rest is credits. Seconds for
# films of an hour and more; shorter ones have as much shorter credits, but at least some.
CREDITS = 180.0
SHORTEST_CREDITS = 30.0
HOUR = 3600.0
# Of a clip, the credits are no more than this.
LARGEST_SHARE = 0.1


def favorites(user: Any) -> list[int]:
    """The ids of the films that the user may see, in the order in which they were chosen."""
    chosen = Video.objects.visible_to(user).filter(are_of(user, "favorite"))
    return list(chosen.order_by("favorite__id").values_list("pk", flat=True))


def set_favorite(user: Any, video: Video, *, is_favorite: bool) -> None:
    if is_favorite:
        with _film_must_exist():
            Favorite.objects.get_or_create(**whose(user), video=video)
    else:
        Favorite.objects.of(user).filter(video=video).delete()
    forget_lists([user.pk])


def toggle_favorite(user: Any, video: Video) -> None:
    is_favorite = Favorite.objects.of(user).filter(video=video).exists()
    set_favorite(user, video, is_favorite=not is_favorite)


def end_of_story(video: Video) -> float | None:
    """From where on, in seconds, only credits are left; None while nobody knows the length."""
    if video.credits_at is not None:
        return video.credits_at
    if not video.duration:
        return None
    usual = max(SHORTEST_CREDITS, min(CREDITS, CREDITS * video.duration / HOUR))
    return video.duration - min(usual, video.duration * LARGEST_SHARE)


def keep_position(user: Any, video: Video, seconds: float) -> WatchPosition:
    """Who came to the credits has watched the film, and begins anew next time.

    To watch it again, or a part of it, does not take that back.
    """
    change: dict[str, Any] = {"seconds": seconds}
    end = end_of_story(video)
    if end is not None and seconds >= end:
        change = {"seconds": 0, "watched_at": timezone.now()}
    return _mark(user, video, change)


def set_watched(user: Any, video: Video, *, is_watched: bool) -> WatchPosition:
    """Also for films that were watched elsewhere. It begins anew next time."""
    watched_at = timezone.now() if is_watched else None
    return _mark(user, video, {"seconds": 0, "watched_at": watched_at})


def forget_position(user: Any, video: Video) -> bool:
    """Begin anew next time; whether the film counts as watched, which stays as it is."""
    positions = WatchPosition.objects.of(user).filter(video=video)
    is_watched = bool(positions.filter(watched_at__isnull=False).update(seconds=0))
    positions.filter(watched_at=None).delete()
    forget_lists([user.pk])
    return is_watched


def forget_history(user: Any) -> None:
    """What the user has begun and watched, as if it had never been."""
    WatchPosition.objects.of(user).delete()
    forget_lists([user.pk])


def forget_lists(user_ids: Iterable[int]) -> None:
    """What was answered to these users about their films is out of date."""
    for user_id in user_ids:
        versions.touch(versions.marks_of(user_id))


def _mark(user: Any, video: Video, change: dict[str, Any]) -> WatchPosition:
    with _film_must_exist():
        position, _ = WatchPosition.objects.update_or_create(
            **whose(user), video=video, defaults=change
        )
    forget_lists([user.pk])
    return position


@contextmanager
def _film_must_exist() -> Iterator[None]:
    """A mark refers to its film, which may be deleted between look and use."""
    try:
        yield
    except IntegrityError as error:
        raise Video.DoesNotExist from error
