"""The sweeper: whatever was lost between database, queue and disk is found here.

Runs at worker start, every SWEEP_SECONDS in each worker, and as `manage.py reconcile`.
Safe to run anywhere, any number of times at once.
"""

import logging
from collections import Counter

from django.conf import settings
from django.db.models import Q

from video_app.catalogue import index
from video_app.store import identity
from video_app.streaming import publication
from video_app.work import cleanup, clock, stored
from video_app.work.kind import Kind
from video_app.work.lease import is_hopeless, may_start
from video_app.work.order import KINDS

logger = logging.getLogger(__name__)


def reconcile(*, dry_run: bool = False, remove_orphans: bool = False) -> Counter[str]:
    """Enqueue due work again, give up on hopeless work, remove leftovers; how much of each.
    Films are published and withdrawn at their dates here.

    Nothing is cleaned up while the media are away or another database's.
    """
    found = _look_for_work(dry_run=dry_run)
    if _may_clean():
        found.update(cleanup.clean(dry_run=dry_run, remove_orphans=remove_orphans))
    return found


def sweep() -> Counter[str]:
    """As `reconcile`; but a bucket, where each look costs, is looked through now and then only."""
    found = _look_for_work(dry_run=False)
    if _may_clean():
        found.update(cleanup.clean() if cleanup.is_turn() else cleanup.clean_known())
    return found


def _look_for_work(*, dry_run: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    found["dated"] = 0 if dry_run else publication.follow_dates()
    for kind in KINDS:
        found[kind.name] = _enqueue_overdue(kind, dry_run=dry_run)
        found["given_up"] += _give_up(kind, dry_run=dry_run)
    found["measured"] = 0 if dry_run else stored.measure()
    found["indexed"] = index.stale().count() if dry_run else index.catch_up()
    return found


def _may_clean() -> bool:
    if problem := identity.problem():
        logger.error("cleanup_withheld", extra={"reason": problem})
    return not problem


def enqueue_overdue() -> int:
    """Only wake workers for all that nobody does; how much that is."""
    return sum(_enqueue_overdue(kind, dry_run=False) for kind in KINDS)


def enqueue_due() -> int:
    """The same, also for what a job was enqueued for lately: an ill worker may have had it."""
    rows = [(kind, kind.due().filter(may_start())) for kind in KINDS]
    for kind, due in rows:
        kind.request(due.filter(attempts__lt=settings.MAX_ATTEMPTS))
    return sum(due.count() for _, due in rows)


def _enqueue_overdue(kind: Kind, *, dry_run: bool) -> int:
    rows = kind.due().filter(_is_overdue(), attempts__lt=settings.MAX_ATTEMPTS)
    count: int = rows.count()
    if count and not dry_run:
        kind.request(rows)
    return count


def _is_overdue() -> Q:
    """Nobody works on it, and no job was enqueued for it lately."""
    lately = clock.ago(settings.SWEEP_SECONDS / 2)
    return may_start() & (Q(enqueued_at=None) | Q(enqueued_at__lt=lately))


def _give_up(kind: Kind, *, dry_run: bool) -> int:
    if kind.give_up is None:
        return 0
    hopeless = list(kind.due().filter(is_hopeless()).values_list("pk", flat=True))
    for pk in () if dry_run else hopeless:
        kind.give_up(pk)
    return len(hopeless)
