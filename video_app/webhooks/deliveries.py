"""Making messages for receivers, and having those sent that are due."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from video_app.models import Delivery, DeliveryState, Event, Video, Webhook
from video_app.models.webhooks import new_secret
from video_app.webhooks import messages
from video_app.webhooks.sending import enqueue, pause

KEPT = timedelta(days=30)


def note(event: Event, video_id: int) -> None:
    """Tell every receiver of this event; within the caller's transaction."""
    found: Any = Video.objects.filter(pk=video_id)
    about = found.values("id", "title", "state", "error", "source_revision").first()
    if about:
        note_data(event, about)


def note_data(event: Event, data: dict[str, Any]) -> None:
    """The same with what is told, for films that are gone."""
    receivers = [row for row in Webhook.objects.filter(is_active=True) if event in row.events]
    if not receivers:
        return
    name, body = f"msg_{uuid.uuid4().hex}", messages.body_of(event, data)
    for webhook in receivers:
        Delivery.objects.create(webhook=webhook, message_id=name, event=event, body=body)
        _enqueue_on_commit(webhook.pk)


def _enqueue_on_commit(webhook_id: int) -> None:
    transaction.on_commit(lambda: enqueue(webhook_id))


def deliver_due() -> None:
    """Enqueue receivers whose messages are due, and forget old ones. Called every minute."""
    now = timezone.now()
    Delivery.objects.filter(created_at__lt=now - KEPT).delete()
    due = Delivery.objects.filter(
        state=DeliveryState.DUE,
        next_attempt_at__lte=now,
        webhook__is_active=True,
        webhook__paused_until__lte=now,
    )
    for webhook_id in due.order_by().values_list("webhook_id", flat=True).distinct():
        enqueue(webhook_id)


def replay(delivery: Delivery) -> None:
    """Send a message once more, with its own id: receivers know it again."""
    again = {"state": DeliveryState.DUE, "attempts": 0, "next_attempt_at": timezone.now()}
    Delivery.objects.filter(pk=delivery.pk).update(**again)
    pause(delivery.webhook_id, timedelta())
    _enqueue_on_commit(delivery.webhook_id)


def rotate_secret(webhook: Webhook) -> str:
    """A new secret; the old one signs as well for a day."""
    secret = new_secret()
    Webhook.objects.filter(pk=webhook.pk).update(
        secret=secret, old_secret=webhook.secret, rotated_at=timezone.now()
    )
    return secret
