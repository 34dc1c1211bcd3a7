"""Making, sending and retrying messages: one at a time per receiver, in their order."""

import logging
import uuid
from datetime import timedelta
from typing import Any

import django_rq
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from redis.exceptions import RedisError

from video_app.models import Delivery, DeliveryState, Event, Video, Webhook
from video_app.models.webhooks import new_secret
from video_app.outside import client
from video_app.outside.addresses import ForbiddenTargetError
from video_app.webhooks import messages

logger = logging.getLogger(__name__)

QUEUE = "short"
TIMEOUT = 10  # seconds for one message
# Longer than a message may take: a dead worker's receiver is free again after it.
BUSY = timedelta(seconds=30)
MAX_ATTEMPTS = 12  # with the pauses below, about six hours
AT_ONCE = 20  # messages of one job, so that mails get their turn
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


def enqueue(webhook_id: int) -> None:
    """Unless such a job waits already: it takes every message that is due."""
    task, job_id = "video_app.tasks.deliver_webhook", f"webhook-{webhook_id}"
    try:
        queue: Any = django_rq.get_queue(QUEUE)
        if queue.get_job_position(job_id) is None:
            queue.enqueue(task, webhook_id, job_id=job_id, result_ttl=0)
    except RedisError as error:
        logger.warning("webhook_not_enqueued", extra={"webhook": webhook_id, "error": repr(error)})


def deliver(webhook_id: int) -> None:
    """Send a receiver's due messages, until one fails; safe to repeat and to run in parallel."""
    for _ in range(AT_ONCE):
        if not _claim(webhook_id):
            return
        delivery = _next(webhook_id)
        if delivery is None or not _send(delivery):
            return
    enqueue(webhook_id)


def _claim(webhook_id: int) -> bool:
    now = timezone.now()
    free = Webhook.objects.filter(pk=webhook_id, is_active=True, paused_until__lte=now)
    return bool(free.update(paused_until=now + BUSY))


def _next(webhook_id: int) -> Delivery | None:
    """The oldest due message; without one the receiver is free again."""
    due = Delivery.objects.filter(
        webhook_id=webhook_id, state=DeliveryState.DUE, next_attempt_at__lte=timezone.now()
    )
    delivery = due.select_related("webhook").order_by("pk").first()
    if delivery is None:
        _pause(webhook_id, timedelta())
    return delivery


def _send(delivery: Delivery) -> bool:
    """Whether the receiver took it."""
    try:
        answer = client.post(
            delivery.webhook.url,
            delivery.body.encode(),
            messages.headers_of(delivery),
            seconds=TIMEOUT,
        )
    except (client.NoAnswerError, ForbiddenTargetError) as error:
        return _put_off(delivery, None, str(error))
    if not 200 <= answer.status < 300:
        return _put_off(delivery, answer.status, answer.text)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.DELIVERED,
        attempts=F("attempts") + 1,
        status=answer.status,
        answer=_beginning(answer.text),
    )
    _pause(delivery.webhook_id, timedelta())
    return True


def _put_off(delivery: Delivery, status: int | None, answer: str) -> bool:
    """Later, or never; the receiver's other messages wait as well."""
    attempts = delivery.attempts + 1
    gives_up = attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=min(5 * 4**delivery.attempts, 3600))
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.FAILED if gives_up else DeliveryState.DUE,
        attempts=attempts,
        next_attempt_at=timezone.now() + pause,
        status=status,
        answer=_beginning(answer),
    )
    _pause(delivery.webhook_id, timedelta() if gives_up else pause)
    about = {"webhook": delivery.webhook_id, "delivery": delivery.pk, "status": status}
    logger.warning("webhook_failed", extra=about | {"gives_up": gives_up})
    return False


def _pause(webhook_id: int, pause: timedelta) -> None:
    Webhook.objects.filter(pk=webhook_id).update(paused_until=timezone.now() + pause)


def _beginning(text: str) -> str:
    return text.replace("\0", "")[:300]


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
    _pause(delivery.webhook_id, timedelta())
    _enqueue_on_commit(delivery.webhook_id)


def rotate_secret(webhook: Webhook) -> str:
    """A new secret; the old one signs as well for a day."""
    secret = new_secret()
    Webhook.objects.filter(pk=webhook.pk).update(
        secret=secret, old_secret=webhook.secret, rotated_at=timezone.now()
    )
    return secret
