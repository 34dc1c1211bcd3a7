"""The user, sign-ups for unproved addresses, sessions, and the mails that are due."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from auth_app.managers import UserManager, normalized


class User(AbstractUser):
    """The e-mail address is the login."""

    username = models.CharField(
        "user name",
        max_length=254,
        unique=True,
        error_messages={"unique": "This user name is taken."},
        help_text="The e-mail address, unless you choose a word without @. Both sign in.",
    )
    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "This address is taken."}
    )
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    activated_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the account first became active; an activation link works only before.",
    )

    # Until saved: the password was made unusable. Django marks only changes to a usable one.
    lost_password = False

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # by address

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), name="auth_app_user_email_ci"),
            # So that `activated_at` tells "not activated yet" from "deactivated by staff".
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(activated_at__isnull=False),
                name="auth_app_user_active_was_activated",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalized(self.email)
        changed = set()
        if "@" in self.username:  # a user name that is an address is the user's current one
            self.username = self.email
            changed.add("username")
        if self.is_active and self.activated_at is None:
            self.activated_at = timezone.now()
            changed.add("activated_at")
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], *changed}
        super().save(*args, **kwargs)

    def set_unusable_password(self) -> None:
        super().set_unusable_password()
        self.lost_password = True

    @property
    def is_awaiting_activation(self) -> bool:
        return not self.is_active and self.activated_at is None


class SignUp(models.Model):
    """The password and profile of one sign-up for an unproved address.

    Anybody can sign up with any address. Only the link in the sign-up's own mail makes its
    password the account's, because it shows that the reader of the mail wants it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ups"
    )
    password = models.CharField("hash of the password", max_length=128)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


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
        ).select_related("user")


class Session(models.Model):
    """One sign-in: a family of refresh tokens, of which only the current one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions"
    )
    entry_point = models.CharField(max_length=5, choices=EntryPoint, db_column="door")
    remember = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField("end of the whole family", db_index=True)

    current_jti = models.CharField(max_length=32)
    rotated_at = models.DateTimeField("when the current refresh token was issued")
    spent: Any = models.JSONField("jti → when it was rotated, epoch seconds", default=dict)

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
    def refresh_expires_at(self) -> datetime:
        lifetime = idle_lifetime(self.entry_point, remember=self.remember)
        return min(self.rotated_at + lifetime, self.expires_at)


class MailKind(models.TextChoices):
    ACTIVATION = "activation", "Activation"
    RESET = "reset", "Password reset"
    PASSWORD_CHANGED = "changed", "Password changed"


class MailState(models.TextChoices):
    DUE = "due", "Due"
    SENT = "sent", "Sent"
    DROPPED = "dropped", "Dropped"  # nobody to write to, or too many of them
    FAILED = "failed", "Failed"


class Mail(models.Model):
    """A requested mail. The row decides what is sent; the queue is only a hint.

    It names an address and not a user. The job looks the user up, so that the request does
    the same work for every address.
    """

    kind = models.CharField(max_length=10, choices=MailKind)
    to = models.CharField("address", max_length=254)
    entry_point = models.CharField(max_length=5, choices=EntryPoint, db_column="door")
    sign_up = models.ForeignKey(SignUp, on_delete=models.SET_NULL, null=True, blank=True)
    state = models.CharField(max_length=7, choices=MailState, default=MailState.DUE)
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField("when it may be tried again")
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="mail_due", condition=Q(state=MailState.DUE)
            ),
            models.Index(fields=["to", "kind", "created_at"], name="mail_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} mail {self.pk}"
