"""What users do with films: favourites, and how far they have come."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Favorite(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    video = models.ForeignKey("Video", on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "video"], name="favorite_once")]


class WatchPosition(models.Model):
    """How far a user has come with a film."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey("Video", on_delete=models.CASCADE, related_name="positions")
    seconds = models.FloatField(default=0)
    watched_at = models.DateTimeField(null=True, help_text="When the end was last reached.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "video"], name="position_once"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="position_not_negative"),
        ]
        indexes = [models.Index(fields=["user", "-updated_at"], name="position_latest")]

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s of video {self.video_id}"
