"""What lies in the media for no row: removed once it is certain, and never by the dozen.

What may belong to somebody (no row knows it) goes to `.quarantine/` first and is deleted
days later; what a row says is spent (a retired build, a dead lease's folder) goes at once.
Every removal is logged.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Q

from video_app.models import Installation, held_keys
from video_app.store import Store, files, local, the_store
from video_app.work import clock
from video_app.work.leftovers import (
    dead_work,
    expired_builds,
    expired_rows,
    spent_copies,
    stale_files,
)
from video_app.work.orphans import name_of, orphan_files, orphan_folders

logger = logging.getLogger(__name__)

# Whoever still works for a row that is gone has noticed after so many leases.
NOTICE_LEASES = 10
# A bucket is looked through for orphans so often.
LOOK_SECONDS = 6 * 3600
QUARANTINE = ".quarantine"
QUARANTINE_SECONDS = 7 * 24 * 3600
# More films without a row than this at once, and somebody has to look first.
MAX_ORPHANS = 5


def clean(*, dry_run: bool = False, remove_orphans: bool = False) -> Counter[str]:
    """Remove leftovers, orphans only if they are few or if somebody has said so; how many."""
    folders, copies = list(expired_builds()), list(spent_copies())
    work, drafts = list(dead_work()), list(stale_files())  # on this machine's own disk
    lone_folders, lone_files = list(orphan_folders()), list(orphan_files())
    withheld = 0 if remove_orphans else _too_many(lone_folders, lone_files)
    if withheld:
        lone_folders, lone_files = [], []
    if not dry_run:
        clean_known()
        Installation.objects.exclude(orphans=withheld).update(orphans=withheld)
        quarantine(lone_folders + lone_files)
        _delete(the_store(), folders + copies + list(_spent_quarantine()))
        _delete(local.LocalStore(), work + drafts)
        the_store().uploads.sweep(held_keys())
        expired_rows().delete()
    return Counter(
        folders=len(folders + work + lone_folders), files=len(copies + drafts + lone_files)
    )


def clean_known() -> Counter[str]:
    """Remove what rows name as gone; nothing has to be looked for."""
    noticed = clock.ago(NOTICE_LEASES * settings.LEASE_SECONDS)
    return Counter(tombstones=files.remove_buried(before=noticed))


def is_turn() -> bool:
    """Whether to look through the store now: a folder always, a bucket once in a while, and
    for all workers together."""
    if the_store().puts_at_once:
        return True
    is_long_ago = Q(cleaned_at=None) | Q(cleaned_at__lt=clock.ago(LOOK_SECONDS))
    return bool(Installation.objects.filter(is_long_ago, pk=1).update(cleaned_at=clock.now()))


def _too_many(folders: list[str], files: list[str]) -> int:
    """How many orphaned films there are; 0 when only as many as accidents leave behind."""
    films = len(folders) + sum(key.startswith("sources/") for key in files)
    if films <= MAX_ORPHANS:
        return 0
    logger.error("cleanup_braked", extra={"orphans": films, "most": MAX_ORPHANS})
    return films


def quarantine(keys: Iterable[str]) -> None:
    for key in sorted(keys):
        target = f"{QUARANTINE}/{time.time_ns()}-{key.replace('/', '-')}"
        try:
            the_store().move(key, target)
        except OSError as error:  # gone already, or in the way: next time
            logger.warning("not_quarantined", extra={"key": key, "error": str(error)})
            continue
        logger.warning("orphan_quarantined", extra={"key": key, "to": target})


def _spent_quarantine() -> Iterator[str]:
    """What has been there for a week, by the nanoseconds that its name begins with."""
    since = (time.time() - QUARANTINE_SECONDS) * 1e9
    for entry in the_store().list(QUARANTINE):
        moment = name_of(entry.key).split("-")[0]
        if moment.isdecimal() and int(moment) < since:
            yield entry.key


def _delete(store: Store, keys: Iterable[str]) -> None:
    for key in sorted(keys):
        logger.info("leftover_removed", extra={"key": key})
        store.remove(key)
