"""API tokens: named keys for programs, of which only a hash is kept."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a token may do; a view says which of them each of its methods takes."""

    READ = "read", _("Lists, films, streams")
    UPLOAD = "upload", _("Add films and follow them")
    MANAGE = "manage", _("Change, publish and delete films; marks and positions")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self) -> "ApiTokenQuerySet":
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, user__is_active=True).select_related("user")


class ApiToken(models.Model):
    """A key of its user's; it never has more rights than the user has at the moment."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100)
    scopes: Any = models.JSONField("what it may do", default=list)
    digest = models.CharField("SHA-256 of the token", max_length=64, unique=True, editable=False)
    hint = models.CharField("its last characters", max_length=4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField("last use, to five minutes", null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name
