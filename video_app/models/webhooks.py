"""Webhooks: who is told of a film, and each message on its way."""

import base64
import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Event(models.TextChoices):
    PLAYABLE = "video.playable", "can be watched from its beginning"
    COMPLETED = "video.completed", "is whole"
    FAILED = "video.failed", "could not be made"
    DELETED = "video.deleted", "is gone"


def new_secret() -> str:
    """As Standard Webhooks spells it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class Webhook(models.Model):
    """A receiver outside."""

    url = models.CharField("address", max_length=500)
    events: Any = models.JSONField("what it is told of", default=list)
    is_active = models.BooleanField("active", default=True)
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    # Signs as well for a day, so that a receiver can change over.
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # After a failure nothing is tried before; while one message is on its way, no other.
    paused_until = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    DUE = "due", _("Due")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class Delivery(models.Model):
    """One message to one receiver. The row decides what is sent; the queue is only a hint."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40)
    event = models.CharField(max_length=20, choices=Event)
    body = models.TextField("the bytes that are signed and sent")
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.DUE)
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField("HTTP status of the last answer", null=True)
    answer = models.CharField("how it began, or why there was none", max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["webhook", "id"],
                name="delivery_due",
                condition=Q(state=DeliveryState.DUE),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} to webhook {self.webhook_id}"
