"""What users do with films: favourites, and how far they have come. Each mark is of the profile
that its user was in; of none when that was the main one."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


def whose(user: Any) -> dict[str, Any]:
    """The columns of a mark that say whose it is: the user's, in the profile they are in."""
    return {"user_id": user.pk, "profile_id": getattr(user, "profile_id", None)}


def are_of(user: Any, marks: str) -> Q:
    """That the marks of that relation are this user's, in the profile they are in."""
    return Q(**{f"{marks}__{column}": value for column, value in whose(user).items()})


def profile_key() -> Any:
    """None: the main profile. The constraint has an index that begins with it."""
    return models.ForeignKey(
        *(settings.PROFILE_MODEL, models.CASCADE),
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )


class MarkQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "MarkQuerySet":
        return self.filter(**whose(user))


def _once(name: str) -> list[models.BaseConstraint]:
    """One mark for each film and profile. No two NULLs are equal, so the main one has its own."""
    main = models.UniqueConstraint(
        fields=["user", "video"], condition=Q(profile=None), name=f"{name}_once_in_main"
    )
    return [main, models.UniqueConstraint(fields=["profile", "video"], name=f"{name}_once")]


class Favorite(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    profile = profile_key()
    video = models.ForeignKey("Video", on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        constraints = _once("favorite")


class WatchPosition(models.Model):
    """How far a user has come with a film."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    profile = profile_key()
    video = models.ForeignKey("Video", on_delete=models.CASCADE, related_name="positions")
    seconds = models.FloatField(default=0)
    watched_at = models.DateTimeField(null=True, help_text="When the end was last reached.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        constraints = [
            *_once("position"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="position_not_negative"),
        ]
        indexes = [models.Index(fields=["user", "-updated_at"], name="position_latest")]

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s of video {self.video_id}"
