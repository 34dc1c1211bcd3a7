"""Sessions: who is signed in, by which entry point, and until when."""

import uuid
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from auth_app.models.profiles import Profile
from auth_app.models.users import User


class EntryPoint(models.TextChoices):
    """The set of paths that a client uses: it decides cookies, bodies and links."""

    API = "api", "/api"
    USERS = "users", "/users"


def idle_lifetime(entry_point: str, *, remember: bool) -> timedelta:
    """How long a refresh token of such a session may lie unused."""
    if remember:
        return timedelta(minutes=settings.REMEMBER_TOKEN_MINUTES)
    if entry_point == EntryPoint.USERS:
        return timedelta(minutes=settings.USERS_REFRESH_TOKEN_MINUTES)
    return timedelta(minutes=settings.REFRESH_TOKEN_MINUTES)


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> "SessionQuerySet":
        return self.filter(
            revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True
        ).select_related("user", "profile")

    def usable(self) -> "SessionQuerySet":
        """Live, and refreshed lately enough to be refreshed again."""
        now = timezone.now()
        lives = models.Q()
        for entry_point, remember in product(EntryPoint.values, (True, False)):
            since = now - idle_lifetime(entry_point, remember=remember)
            lives |= models.Q(entry_point=entry_point, remember=remember, rotated_at__gt=since)
        return self.live().filter(lives)


class Session(models.Model):
    """One sign-in: a family of refresh tokens, of which only the current one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions"
    )
    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    entry_point = models.CharField(max_length=5, choices=EntryPoint, db_column="door")
    remember = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField("end of the whole family", db_index=True)

    current_jti = models.CharField(max_length=32)
    rotated_at = models.DateTimeField("when the current refresh token was issued")
    spent: Any = models.JSONField("jti → when it was rotated, epoch seconds", default=dict)

    confirmed_at = models.DateTimeField("when the password was given again", null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField("why it ended", max_length=20, blank=True)
    ip = models.GenericIPAddressField("address of origin", null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"session {self.pk}"

    @property
    def viewer(self) -> User:
        """The user, with the profile that this session is in."""
        self.user.profile_id = self.profile_id
        self.user.age_limit = self.profile.age_limit if self.profile else None
        return self.user

    @property
    def refresh_expires_at(self) -> datetime:
        lifetime = idle_lifetime(self.entry_point, remember=self.remember)
        return min(self.rotated_at + lifetime, self.expires_at)
