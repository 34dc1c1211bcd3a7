"""What the profile that a user is in chose in the player: read and changed."""

from typing import Any

from django.db import IntegrityError

from video_app.models import Preferences
from video_app.models.marks import whose


def of(user: Any) -> Preferences:
    """One query; empty ones without a row where nothing was chosen yet."""
    return Preferences.objects.of(user).first() or Preferences(**whose(user))


def change(user: Any, chosen: dict[str, Any]) -> Preferences:
    """Keep what `chosen` names, the rest stays; `Preferences.DoesNotExist` when the profile has
    just been removed."""
    try:
        kept, _ = Preferences.objects.update_or_create(**whose(user), defaults=chosen)
    except IntegrityError as error:
        raise Preferences.DoesNotExist from error
    return kept
