"""The one way to own work: a lease in the database, with a fencing token.

Works on any queryset of a `Leased` model. Every step is a conditional `update()`,
and the row count says who won.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

Rows = QuerySet[Any]


def is_free() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())


def claim(rows: Rows) -> uuid.UUID | None:
    """Take the row if nobody holds it; the token to prove it by, else none."""
    token = uuid.uuid4()
    won = (
        _own(rows)
        .filter(is_free(), attempts__lt=settings.MAX_ATTEMPTS)
        .update(lease_token=token, lease_until=_expiry(), attempts=F("attempts") + 1)
    )
    return token if won else None


def renew(rows: Rows, token: uuid.UUID, **changes: Any) -> bool:
    """Keep the lease while it is still ours; whether it is."""
    return bool(_own(rows).filter(lease_token=token).update(lease_until=_expiry(), **changes))


def release(rows: Rows, token: uuid.UUID, **changes: Any) -> bool:
    """Give the work back or mark it done; whether it was still ours."""
    return bool(
        _own(rows)
        .filter(lease_token=token)
        .update(lease_token=None, lease_until=None, enqueued_at=None, **changes)
    )


def _own(rows: Rows) -> Rows:
    """The same rows with no joins of their own.

    Conditions added to it stand in the UPDATE itself, so PostgreSQL checks them again
    on the newest version of a row that another worker has just changed; conditions
    inside a subquery would be judged by the old snapshot, and both would win.
    """
    return rows.model._base_manager.filter(pk__in=rows.order_by().values("pk"))


def _expiry() -> Any:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
