"""The mails that are due, and what became of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auth_app.models.sessions import EntryPoint
from auth_app.models.users import SignUp


class MailKind(models.TextChoices):
    ACTIVATION = "activation", _("Activation")
    RESET = "reset", _("Password reset")
    PASSWORD_CHANGED = "changed", _("Password changed")
    NEW_ADDRESS = "address", _("Proof of a new address")
    MOVING = "moving", _("A new address was asked for")
    MOVED = "moved", _("The address has changed")
    FACTOR = "factor", _("The second factor has changed")
    PIN = "pin", _("Too many wrong PINs")
    INVITATION = "invitation", _("Invitation")
    DELETION = "deletion", _("The account will be deleted")


class MailState(models.TextChoices):
    DUE = "due", _("Due")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Dropped")  # nobody to write to, or too many of them
    FAILED = "failed", _("Failed")


class Mail(models.Model):
    """A requested mail. The row decides what is sent; the queue is only a hint.

    It names an address and not a user. The job looks the user up, so that the request does
    the same work for every address. Only what a signed-in user asked for names that user.
    """

    kind = models.CharField(max_length=10, choices=MailKind)
    to = models.CharField("address", max_length=254)
    entry_point = models.CharField(max_length=5, choices=EntryPoint, db_column="door")
    sign_up = models.ForeignKey(SignUp, on_delete=models.SET_NULL, null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
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
