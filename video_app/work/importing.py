"""Fetching films that the server was told of: from its folders, from buckets, from addresses."""

import logging
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat

from video_app.models import Import, ImportOrigin, Video
from video_app.pipeline import source
from video_app.pipeline.errors import PipelineError, StorageFullError
from video_app.pipeline.sentences import sentence
from video_app.store import landing, local, the_store
from video_app.work import clock, fetching, queue, sidecars
from video_app.work.kind import Kind
from video_app.work.lease import FREE, UNHURT, Lease, is_hopeless

logger = logging.getLogger(__name__)

# Pauses without a byte between them, of up to a minute each, until an address is given up.
MAX_SETBACKS = 30
TOO_LARGE = sentence("The film is larger than %(most)s, which is all that may be imported.")
CHANGED = sentence("The file has changed meanwhile.")
# Of fetching at a stretch: far below what a job may take, however large the film is.
TURN_SECONDS = 900
GAVE_UP = sentence("The film could not be fetched in several tries. See the worker's log.")


class TurnOverError(Exception):
    """There is more to come, after others had a turn."""


def due() -> Any:
    """Imports that are neither fetched nor refused."""
    return Import.objects.filter(finished_at=None, error="")


def one_at_a_time(rows: Any) -> Any:
    """None while another is being fetched: films that are here already have to be encoded."""
    is_busy = Import.objects.filter(lease_until__gt=clock.now()).exists()
    return rows.none() if is_busy else rows


def request(rows: Any) -> None:
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        Import.objects.filter(pk=pk).update(enqueued_at=clock.now())
        queue.enqueue(queue.TRANSCODE, queue.Call("fetch_import", (pk,)))


def run(lease: Lease) -> None:
    row = Import.objects.get(pk=lease.pk)
    try:
        length = _fetch(row, lease)
    except fetching.CutError as error:
        _wait(row, lease, str(error))
    except TurnOverError:
        _go_on_later(row, lease)
    else:
        beside = sidecars.collect(row, lease.keep)
        the_store().uploads.finish(row.key, length)
        sidecars.set_picture(row, beside)
        _publish(row, length, beside, lease)


def _fetch(row: Import, lease: Lease) -> int:
    """Bytes of the whole film. A connection that breaks off after some bytes is made again."""
    while True:
        offset = landing.size(row.key)
        try:
            with _opened(row, offset) as body:
                return _append(row, body, _agreed(row, body, offset, lease), lease)
        except fetching.SlowError:
            raise
        except fetching.CutError:
            if landing.size(row.key) <= offset:
                raise


def _opened(row: Import, offset: int) -> AbstractContextManager[fetching.Body]:
    if row.origin == ImportOrigin.FOLDER:
        return fetching.from_file(row.location, offset)
    if row.origin == ImportOrigin.BUCKET:
        return fetching.from_bucket(row.location, offset, row.seen)
    return fetching.from_address(row.location, offset, row.seen)


def _agreed(row: Import, body: fetching.Body, offset: int, lease: Lease) -> int:
    """Where to go on: at the beginning when it is another version than what came."""
    _check_size(body.length, offset)
    is_other = bool(offset) and (body.offset != offset or (row.seen, row.length) != _known(body))
    row.seen, row.length = _known(body)
    lease.rows.update(seen=row.seen, length=row.length)
    if not is_other:
        return offset
    landing.abort(row.key)
    landing.begin(row.key)
    if body.offset:
        raise fetching.CutError(CHANGED)
    return 0


def _known(body: fetching.Body) -> tuple[str, int]:
    return body.seen, body.length


def _check_size(length: int, offset: int) -> None:
    if length > settings.MAX_UPLOAD_BYTES:
        raise PipelineError(TOO_LARGE % {"most": filesizeformat(settings.MAX_UPLOAD_BYTES)})
    if the_store().puts_at_once and length - offset > local.free_bytes():
        raise StorageFullError


def _append(row: Import, body: fetching.Body, offset: int, lease: Lease) -> int:
    size = the_store().uploads.piece_bytes
    waiting = bytearray()
    try:
        for piece in body.pieces:
            lease.keep(offset=offset)
            waiting += piece
            if len(waiting) >= size:  # whole parts of a bucket, which takes others badly
                part, waiting = waiting[:size], waiting[size:]
                offset = _write(row, offset, part)
                _check_turn(lease)
    except fetching.CutError:
        _write(row, offset, waiting)
        raise
    offset = _write(row, offset, waiting)
    if offset < body.length:
        raise fetching.CutError(fetching.BROKEN_OFF)
    if not offset:
        raise PipelineError(source.EMPTY)
    return offset


def _check_turn(lease: Lease) -> None:
    if lease.seconds > TURN_SECONDS:
        raise TurnOverError


def _write(row: Import, offset: int, waiting: bytearray) -> int:
    offset += len(waiting)
    _check_size(offset, offset)
    if waiting:
        the_store().uploads.append(row.key, offset - len(waiting), waiting)
    return offset


def _go_on_later(row: Import, lease: Lease) -> None:
    with transaction.atomic():
        if lease.release(**UNHURT, offset=landing.size(row.key)):
            request(Import.objects.filter(pk=row.pk))


def _wait(row: Import, lease: Lease, reason: str) -> None:
    if row.setbacks >= MAX_SETBACKS:
        raise PipelineError(reason)
    lease.postpone(reason)


def _publish(row: Import, length: int, beside: sidecars.Beside, lease: Lease) -> None:
    with transaction.atomic():
        video = Video.objects.select_for_update(of=("self",)).get(pk=row.video_id)
        done = {"finished_at": clock.now(), "offset": length, "length": length}
        if lease.release(**UNHURT, **done):
            video.is_published = row.publishes
            video.take_source(row.key, row.filename)
            sidecars.add_texts(row, beside)


def failed(lease: Lease, error: Exception) -> None:
    reason = str(error)[:300] if isinstance(error, PipelineError) else ""
    if lease.release(error=reason):
        logger.warning("import_failed", extra={"import": lease.pk, "reason": str(error)})
        give_up(lease.pk)


def give_up(import_id: int) -> None:
    """Refuse what was tried too often."""
    due().filter(is_hopeless(), pk=import_id).update(error=GAVE_UP, **FREE)


KIND = Kind("imports", due, request, run, failed, give_up)
