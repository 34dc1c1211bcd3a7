"""Writing the audit log: a row for people, and a line of JSON for whatever collects logs."""

import json
import logging
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.http import HttpRequest

from auth_app import limits
from auth_app.models import AuditEntry

logger = logging.getLogger(__name__)

IN_THE_ADMIN = {ADDITION: "added", CHANGE: "changed", DELETION: "deleted"}


def record(
    action: str,
    actor_id: int | None,
    subject: str = "",
    subject_id: object = "",
    *,
    ip: str | None = None,
    request: HttpRequest | None = None,
    **details: Any,
) -> None:
    """Note an action. `details` hold no address and no secret: they stay when people leave.

    The address of origin is `ip`, or the request's.
    """
    ip = ip or (limits.client_address(request) if request else None)
    entry = AuditEntry.objects.create(
        action=action,
        actor_id=actor_id,
        subject=subject,
        subject_id=str(subject_id)[:40],
        details=details,
        ip=ip or None,
    )
    about = {"action": action, "actor_id": actor_id, "subject": subject, "ip": ip}
    logger.info("audit", extra=about | {"subject_id": entry.subject_id, "details": details})


def newest_of_admin() -> int:
    """The number of the admin's newest entry; `record_admin` takes what comes after it."""
    return LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def record_admin(request: HttpRequest, after: int) -> None:
    """What a request to the admin did, by the admin's own history."""
    mine = LogEntry.objects.filter(pk__gt=after, user_id=request.user.pk or 0).order_by("pk")
    for entry in mine.select_related("content_type"):
        subject = entry.content_type.model if entry.content_type else ""
        action = f"{subject}.{IN_THE_ADMIN.get(entry.action_flag, 'changed')}"
        fields = _changed_fields(entry.change_message)
        record(action, request.user.pk, subject, entry.object_id, request=request, fields=fields)


def _changed_fields(message: str) -> list[str]:
    """Names of fields only: the rest of the message may name people."""
    try:
        parts = json.loads(message)
    except ValueError:
        return []
    if not isinstance(parts, list):
        return []
    return [name for part in parts for name in part.get("changed", {}).get("fields", [])]
