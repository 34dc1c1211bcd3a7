"""The user, and sign-ups for unproved addresses."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auth_app.managers import UserManager, normalized


class User(AbstractUser):
    """The e-mail address is the login."""

    username = models.CharField(
        "user name",
        max_length=254,
        unique=True,
        error_messages={"unique": _("This user name is taken.")},
        help_text="The e-mail address, unless you choose a word without @. Both sign in.",
    )
    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": _("This address is taken.")}
    )
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    activated_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the account first became active; an activation link works only before.",
    )

    new_email = models.EmailField(
        "address that waits for its proof", blank=True, default="", db_default="", editable=False
    )
    invited_at = models.DateTimeField(null=True, blank=True, editable=False)
    delete_at = models.DateTimeField(
        "when the account goes", null=True, blank=True, editable=False, db_index=True
    )
    delete_films = models.BooleanField(
        "the films that the user added go with it", default=False, db_default=False, editable=False
    )

    language = models.CharField(
        max_length=12,
        blank=True,
        default="",
        db_default="",
        help_text="Of the site and of mails; empty: the browser's, and English in mails.",
    )

    second_factor_at = models.DateTimeField(
        "since when a second factor is asked for", null=True, blank=True, editable=False
    )
    # Of this object: whether the second factor was given just now.
    factor_proved = False

    # Of this object: the profile that its session is in, None for the main one, and its limit.
    profile_id: int | None = None
    age_limit: int | None = None

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
    def lacks_required_factor(self) -> bool:
        """Whether all that this user may do is to set up a second factor."""
        return settings.SECOND_FACTOR_FOR_STAFF and self.is_staff and not self.second_factor_at

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A new second factor ends the admin's sessions, as a new password does."""
        found: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{found}{self.second_factor_at.timestamp()}" if self.second_factor_at else found

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
