"""The one way to own work: a lease in the database, with a fencing token.

Works on any queryset of a `Leased` model that has one row. The conditions of the
queryset are judged on the locked row when it is claimed; from then on the token
decides.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

Rows = QuerySet[Any]


def is_free() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())


def claim(rows: Rows) -> uuid.UUID | None:
    """Take the row if nobody holds it; the token to prove it by, else none.

    The lock comes first, with all conditions beside it: PostgreSQL judges them again on
    the newest version of a row that another worker has just changed. In the WHERE of an
    UPDATE's subquery they would be judged by the old snapshot, and both would win.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        free = rows.filter(is_free(), attempts__lt=settings.MAX_ATTEMPTS)
        row = free.order_by().only("pk").select_for_update(of=("self",)).first()
        if row is None:
            return None
        # Whoever rang has been heard: a lease that runs out is due again at once.
        type(row)._base_manager.filter(pk=row.pk).update(
            lease_token=token, lease_until=_expiry(), attempts=F("attempts") + 1, enqueued_at=None
        )
    return token


def renew(rows: Rows, token: uuid.UUID, **changes: Any) -> bool:
    """Keep the lease while it is still ours and the work still wanted; whether it is."""
    return bool(_own(rows).filter(lease_token=token).update(lease_until=_expiry(), **changes))


def release(rows: Rows, token: uuid.UUID, **changes: Any) -> bool:
    """Give the work back or mark it done; whether it was still ours."""
    return bool(
        _own(rows).filter(lease_token=token).update(lease_token=None, lease_until=None, **changes)
    )


def give_back(rows: Rows, token: uuid.UUID) -> bool:
    """Release what was interrupted from outside, which is no failed attempt."""
    return release(rows, token, attempts=Greatest(F("attempts") - 1, 0))


def _own(rows: Rows) -> Rows:
    """The same rows without joins, so that the token is looked at in the UPDATE itself."""
    return rows.model._base_manager.filter(pk__in=rows.order_by().values("pk"))


def _expiry() -> Any:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
