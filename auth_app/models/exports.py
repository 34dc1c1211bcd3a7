"""Everything of an account in one file, for its owner."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

KEPT = timedelta(days=3)


class Export(models.Model):
    """A request for it; the newest of a user counts. The database holds the file, so that every
    machine can send it and nothing of it stays behind."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports"
    )
    created_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    content = models.BinaryField("gzipped JSON", null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"export {self.pk}"
