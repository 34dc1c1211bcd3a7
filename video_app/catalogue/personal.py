"""What people leave behind here: shown, cleared and deleted with their account.

`PERSONAL_DATA` names this module to the accounts, which know nothing of films.
"""

from typing import Any

from django.db.models import Q

from video_app.catalogue import versions
from video_app.models import Favorite, Import, PlayLink, Preferences, Upload, Video, WatchPosition
from video_app.models.preferences import CHOSEN


def export(user: Any) -> dict[str, Any]:
    """Favourites, history and preferences of all profiles (null: the main one), play links and
    uploads, for the file that an account's owner asks for."""
    favorites = Favorite.objects.filter(user=user).order_by("pk")
    positions = WatchPosition.objects.filter(user=user).order_by("pk")
    links = PlayLink.objects.filter(user=user).order_by("pk")
    chosen = Preferences.objects.filter(user=user).order_by("pk")
    return {
        "favorites": list(favorites.values("profile", "video__title", "created_at")),
        "history": list(
            positions.values("profile", "video__title", "seconds", "watched_at", "updated_at")
        ),
        "preferences": list(chosen.values("profile", *CHOSEN)),
        "play_links": list(
            links.values("profile", "video__title", "created_at", "expires_at", "ended_at")
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


def hold(user: Any) -> None:
    """Lock the account's films before anything of them is changed, as everybody does: one order,
    no deadlock."""
    coming = [rows.filter(owner=user).values("video") for rows in (Upload.objects, Import.objects)]
    films = Q(owner=user) | Q(pk__in=coming[0]) | Q(pk__in=coming[1])
    locked = Video.objects.select_for_update(of=("self",), no_key=True).filter(films)
    list(locked.order_by("pk").only("pk"))


def leave(user: Any, *, with_films: bool) -> None:
    """The account is about to go. Its films stay, without an owner, unless they go too; what is
    fetched for it still comes."""
    if with_films:
        Video.objects.filter(owner=user).delete()
    Import.objects.filter(owner=user).update(owner=None)
    _forget_drafts(user)


def _forget_drafts(user: Any) -> None:
    """Films of which nobody can send the rest any more. Of whole ones nothing is missing: the
    worker finishes them."""
    Upload.objects.of(user).whole().update(owner=None)
    drafts = Upload.objects.of(user).unfinished().filter(replaces=False).values("video")
    Video.objects.filter(pk__in=drafts, video_file="").delete()
