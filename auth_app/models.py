"""The user. The e-mail address is the login."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from auth_app.managers import UserManager


class User(AbstractUser):
    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "This address is taken."}
    )
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    activated_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the address was confirmed; an activation link works once.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]
    objects = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), name="auth_app_user_email_ci"),
        ]

    def __str__(self) -> str:
        return self.email
