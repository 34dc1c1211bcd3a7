"""What people leave behind here: shown, cleared and deleted with their account.

`PERSONAL_DATA` names this module to the accounts, which know nothing of films.
"""

from typing import Any

from video_app.catalogue import versions
from video_app.models import Favorite, Video, WatchPosition


def export(user: Any) -> dict[str, Any]:
    """Favourites and history of all profiles (null: the main one) and uploads, for the file that
    an account's owner asks for."""
    favorites = Favorite.objects.filter(user=user).order_by("pk")
    positions = WatchPosition.objects.filter(user=user).order_by("pk")
    return {
        "favorites": list(favorites.values("profile", "video__title", "created_at")),
        "history": list(
            positions.values("profile", "video__title", "seconds", "watched_at", "updated_at")
        ),
        "uploads": list(
            Video.objects.filter(owner=user)
            .order_by("pk")
            .values("id", "title", "description", "created_at", "original_name", "size")
        ),
    }


def clear_favorites(user: Any) -> None:
    Favorite.objects.of(user).delete()
    versions.touch(versions.marks_of(user.pk))


def clear_history(user: Any) -> None:
    """Positions, and which films were watched."""
    WatchPosition.objects.of(user).delete()
    versions.touch(versions.marks_of(user.pk))


def has_films(user: Any) -> bool:
    return Video.objects.filter(owner=user).exists()


def leave(user: Any, *, with_films: bool) -> None:
    """The account is about to go. Its films stay, without an owner, unless they go too."""
    if with_films:
        Video.objects.filter(owner=user).delete()
