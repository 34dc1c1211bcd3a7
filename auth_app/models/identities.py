"""Whom an OpenID provider means by its subjects."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Identity(models.Model):
    """A subject of a provider. Names and addresses there may change hands, a subject does not."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities"
    )
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]

    def __str__(self) -> str:
        return f"identity {self.pk}"
