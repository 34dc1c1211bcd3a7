"""What a message says, and its signature (Standard Webhooks)."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from video_app.models import Delivery, Webhook

BOTH_SECRETS = timedelta(days=1)


def body_of(event: str, data: dict[str, Any]) -> str:
    """Serialised once: these bytes are signed and sent."""
    message = {"type": event, "timestamp": timezone.now().isoformat(), "data": data}
    return json.dumps(message, separators=(",", ":"))


def headers_of(delivery: Delivery) -> dict[str, str]:
    """The id stays the same for all attempts, the time is the attempt's."""
    now = int(time.time())
    signed = f"{delivery.message_id}.{now}.{delivery.body}".encode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Videoflix-Webhooks",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": " ".join(
            _signature(secret, signed) for secret in _secrets(delivery.webhook)
        ),
    }


def _secrets(webhook: Webhook) -> list[str]:
    is_changing = webhook.rotated_at and timezone.now() - webhook.rotated_at < BOTH_SECRETS
    return [webhook.secret, *([webhook.old_secret] if is_changing and webhook.old_secret else [])]


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
