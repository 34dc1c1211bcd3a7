"""Sending what is due to a receiver: one message at a time, in their order."""

import logging
from datetime import timedelta
from typing import Any

import django_rq
from django.db.models import F
from django.utils import timezone
from redis.exceptions import RedisError

from video_app.models import Delivery, DeliveryState, Webhook
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
        pause(webhook_id, timedelta())
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
    pause(delivery.webhook_id, timedelta())
    return True


def _put_off(delivery: Delivery, status: int | None, answer: str) -> bool:
    """Later, or never; the receiver's other messages wait as well."""
    attempts = delivery.attempts + 1
    gives_up = attempts >= MAX_ATTEMPTS
    length = timedelta(seconds=min(5 * 4**delivery.attempts, 3600))
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.FAILED if gives_up else DeliveryState.DUE,
        attempts=attempts,
        next_attempt_at=timezone.now() + length,
        status=status,
        answer=_beginning(answer),
    )
    pause(delivery.webhook_id, timedelta() if gives_up else length)
    about = {"webhook": delivery.webhook_id, "delivery": delivery.pk, "status": status}
    logger.warning("webhook_failed", extra=about | {"gives_up": gives_up})
    return False


def pause(webhook_id: int, length: timedelta) -> None:
    """Send the receiver nothing for so long."""
    Webhook.objects.filter(pk=webhook_id).update(paused_until=timezone.now() + length)


def _beginning(text: str) -> str:
    return text.replace("\0", "")[:300]
