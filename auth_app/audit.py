"""Writing the audit log: a row for people, and a line of JSON for whatever collects logs."""

import logging
from typing import Any

from auth_app.models import AuditEntry

logger = logging.getLogger(__name__)


def record(
    action: str,
    actor_id: int | None,
    subject: str = "",
    subject_id: object = "",
    *,
    ip: str | None = None,
    **details: Any,
) -> None:
    """Note an action. `details` hold no address and no secret: they stay when people leave."""
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
