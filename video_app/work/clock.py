"""The time of leases, heartbeats and pauses: the database's, whatever a worker's clock says."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now


def now() -> Any:
    return Now()


def ago(seconds: float) -> Any:
    return Now() - timedelta(seconds=seconds)


def ahead(seconds: float) -> Any:
    return Now() + timedelta(seconds=seconds)
