"""From Redis into the database: each viewing's state, and what is new of it in the sums.

Everything in Redis is a state since the beginning, so it may be read any number of times; what
was counted before is in the viewing's row, changed in the same transaction as the sums.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from video_app.insight import sums
from video_app.insight.redis_store import CHANGED, REPORT, REPORTED, connection, key
from video_app.insight.viewings import Changed, inferred, reported
from video_app.models import FilmDay, Video, Viewing
from video_app.models.watching import no_stalls

logger = logging.getLogger(__name__)

BATCH = 500
LOCK_SECONDS = 60
# Until then a player may still say that it reports itself.
SILENT_SECONDS = 90
VIEWING_DAYS = 7

# Only if nothing came meanwhile.
SETTLE = """
for i = 1, #ARGV, 2 do
    if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or 0) == tonumber(ARGV[i + 1]) then
        redis.call('ZREM', KEYS[1], ARGV[i])
    end
end
"""


def flush() -> None:
    """Housekeeping: store what is new. One process at a time."""
    lock = "insight:flushing"
    if not settings.MEASURE_WATCHING or not cache.add(lock, 1, LOCK_SECONDS):
        return
    try:
        _store_changed()
    except RedisError as error:
        logger.debug("viewings_not_stored", extra={"reason": str(error)})
    finally:
        cache.delete(lock)


def forget_old() -> None:
    """Housekeeping: single viewings go after a week, sums after `WATCH_DAYS`."""
    today = timezone.localdate()
    Viewing.objects.filter(day__lt=today - timedelta(days=VIEWING_DAYS)).delete()
    FilmDay.objects.filter(day__lt=today - timedelta(days=settings.WATCH_DAYS)).delete()


def _store_changed() -> None:
    offset = 0
    while changed := connection().zrange(key(CHANGED), offset, offset + BATCH - 1, withscores=True):
        ready = [one for one in _read(changed) if _is_ready(one)]
        rows = [row for row in map(_viewing, ready) if row]
        try:
            _store(rows)
        except IntegrityError as error:  # a film was deleted just now
            logger.info("viewings_postponed", extra={"reason": str(error)})
            return
        pairs = [value for one in ready for value in (one.key, repr(one.score))]
        connection().eval(SETTLE, 1, key(CHANGED), *pairs)
        offset += len(changed) - len(ready)


def _read(changed: Iterable[tuple[bytes, float]]) -> Iterator[Changed]:
    names = [name for name, _score in changed]
    pipeline = connection().pipeline(transaction=False)
    for name in names:
        # The score first: what comes in between is read, and then stays marked as changed.
        pipeline.zscore(key(CHANGED), name)
        pipeline.hgetall(name)
    answers = pipeline.execute()
    reports = key(REPORT)
    for name, found, score in zip(names, answers[1::2], answers[::2], strict=True):
        state = {field.decode(): value.decode() for field, value in found.items()}
        text = name.decode()
        yield Changed(text, score or 0.0, state, text.startswith(reports))


def _is_ready(changed: Changed) -> bool:
    if changed.is_reported or not changed.state:
        return True
    return float(changed.state["began"]) < time.time() - SILENT_SECONDS


def _viewing(changed: Changed) -> Viewing | None:
    if not changed.state:  # it has expired
        return None
    if changed.is_reported:
        return reported(changed)
    reporter = changed.state["reporter"]
    if connection().exists(key(REPORTED, reporter)):
        return None
    return inferred(changed)


@transaction.atomic
def _store(rows: list[Viewing]) -> None:
    films = Video.objects.in_bulk({row.video_id for row in rows})
    rows = [row for row in rows if row.video_id in films]
    if not rows:
        return
    stored = Viewing.objects.select_for_update().in_bulk([row.pk for row in rows])
    for row in rows:
        if before := stored.get(row.pk):
            _never_less(row, before)
    sums.add((row, stored.get(row.pk)) for row in rows)
    columns = [field.name for field in Viewing._meta.concrete_fields if field.name != "id"]
    Viewing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


def _never_less(row: Viewing, before: Viewing) -> None:
    """A counter that fell back was the player's mistake, or somebody's game."""
    row.day = before.day
    row.is_view = row.is_view or before.is_view
    for name in ("seconds", "stalls", "stalled", "switches"):
        setattr(row, name, max(getattr(row, name), getattr(before, name)))
    row.seen |= before.seen
    row.startup = before.startup if before.startup is not None else row.startup
    lengths = zip(row.stall_lengths or no_stalls(), before.stall_lengths, strict=True)
    row.stall_lengths = [max(pair) for pair in lengths]
