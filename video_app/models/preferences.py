"""What viewers chose in the player: languages, subtitles and how these look."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from video_app.models.marks import MarkQuerySet, profile_key

LONGEST_TAG = 35  # RFC 5646, section 4.4.1
LONGEST_NAME = 100
# The columns that hold what was chosen.
CHOSEN = (
    *("audio_language", "audio_name", "shows_subtitles", "subtitle_language", "subtitle_name"),
    *("subtitle_size", "subtitle_ground", "plays_next"),
)


class CueSize(models.TextChoices):
    SMALL = "small", "Small"
    NORMAL = "normal", "Normal"
    LARGE = "large", "Large"
    HUGE = "huge", "Very large"


class CueGround(models.TextChoices):
    """What stands behind subtitles."""

    BOX = "box", "Box"
    SHADOW = "shadow", "Shadow"
    SOLID = "solid", "Black"
    YELLOW = "yellow", "Yellow"


def _text(length: int, choices: Any = None) -> Any:
    return models.CharField(
        max_length=length, choices=choices, blank=True, default="", db_default=""
    )


class Preferences(models.Model):
    """One row for a profile, as marks have it; empty and null: nothing was chosen.

    A track is kept by language and name, by which its like is found in another film. The
    language of subtitles stays while they are off.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    profile = profile_key()
    audio_language = _text(LONGEST_TAG)
    audio_name = _text(LONGEST_NAME)
    shows_subtitles = models.BooleanField(null=True)
    subtitle_language = _text(LONGEST_TAG)
    subtitle_name = _text(LONGEST_NAME)
    subtitle_size = _text(10, CueSize)
    subtitle_ground = _text(10, CueGround)
    plays_next = models.BooleanField(null=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "preferences"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(profile=None), name="preferences_once_in_main"
            ),
            models.UniqueConstraint(fields=["profile"], name="preferences_once"),
        ]

    def __str__(self) -> str:
        return f"preferences of {self.owner}"

    @property
    def owner(self) -> str:
        """Of the profile and account: another one for each."""
        return f"{self.user_id}-{self.profile_id or 0}"
