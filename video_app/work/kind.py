"""What every kind of work has: its query, its request, its body and its end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from video_app.work.lease import Body, OnFailure

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work on rows of one model.

    `due` is what is still wanted, `request` enqueues jobs for some due rows, `run` does the
    work under a lease, `failed` ends an attempt that may have failed by the film's fault, and
    `give_up` ends what was tried too often; without it such work just stays undone.
    """

    name: str
    due: Callable[[], Rows]
    request: Callable[[Rows], None]
    run: Body
    failed: OnFailure
    give_up: Callable[[int], None] | None = None
