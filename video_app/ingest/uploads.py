"""Resumable uploads: begun as drafts, received piece by piece (`receiving`), finished exactly
once."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from video_app.ingest import quota, room
from video_app.models import Upload, Video, source_name
from video_app.store import landing, the_store
from video_app.streaming import publication

FINISHED_HOURS = 24
# Uploads that were silent for longer have no room kept for them.
ACTIVE_HOURS = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to upload; `video` is a draft that is not saved, or a film whose
    source is to be replaced."""

    video: Video
    filename: str
    length: int
    filetype: str = ""
    fingerprint: str = ""
    publishes: bool = True


def begin(user: Any, wanted: Wanted) -> Upload:
    """Have a draft and an empty file; `QuotaError`, `OSError`."""
    _check_quotas(user, wanted)
    key = source_name(wanted.video, wanted.filename)
    landing.begin(key)
    try:
        return _reserve(user, wanted, key)
    except quota.QuotaError:  # another upload was first
        landing.abort(key)
        raise


def _check_quotas(user: Any, wanted: Wanted) -> None:
    quota.check_unfinished(user)
    quota.check(user, wanted.length)


@transaction.atomic
def _reserve(user: Any, wanted: Wanted, key: str) -> Upload:
    """The rows of an upload. They count for whoever holds the user next."""
    quota.hold(user)
    _check_quotas(user, wanted)
    now = timezone.now()
    replaces = not wanted.video._state.adding
    if not replaces:
        wanted.video.owner, wanted.video.is_published = user, False
        wanted.video.save()
    return Upload.objects.create(
        video=wanted.video,
        owner=user,
        replaces=replaces,
        publishes=wanted.publishes,
        filename=wanted.filename,
        filetype=wanted.filetype,
        fingerprint=wanted.fingerprint,
        key=key,
        length=wanted.length,
        active_at=now,
        expires_at=now + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS),
    )


def refusal(length: int) -> room.Refusal | None:
    """Why there is no room for so many bytes beside what is being uploaded already."""
    since = timezone.now() - timedelta(hours=ACTIVE_HOURS)
    return room.refusal(length + Upload.objects.missing_bytes(since))


def offset_of(upload: Upload) -> int:
    """How many bytes have come, and are still there."""
    if upload.finished_at:
        return upload.length
    return min(upload.offset, landing.size(upload.key))


def finish(upload_id: uuid.UUID) -> bool:
    """Make the source of a whole upload its film's; whether it was this call that did.

    From then on the film is published, if its sender wants that, and waits for its plan.
    """
    upload = Upload.objects.whole().filter(pk=upload_id).first()
    if upload is None:
        return False
    if (there := landing.size(upload.key)) < upload.length:  # lost with the machine's power
        Upload.objects.whole().filter(pk=upload_id).update(offset=there)
        return False
    the_store().uploads.finish(upload.key, upload.length)
    with transaction.atomic():
        video = Video.objects.select_for_update(of=("self",)).get(pk=upload.video_id)
        now = timezone.now()
        finished = {"finished_at": now, "expires_at": now + timedelta(hours=FINISHED_HOURS)}
        if not Upload.objects.whole().filter(pk=upload_id).update(writer=None, **finished):
            return False
        if not upload.replaces:
            video.is_published = Upload.objects.values_list("publishes").get(pk=upload_id)[0]
        video.take_source(upload.key, upload.filename)
    return True


def cancel(upload: Upload) -> None:
    """Forget an upload; what has come of an unfinished one goes, with its draft."""
    with transaction.atomic():
        video = Video.objects.select_for_update(of=("self",)).filter(pk=upload.video_id).first()
        row = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if row is None or video is None:
            return
        row.delete()
        is_draft = not row.finished_at and not row.replaces
        if is_draft and not video.video_file:
            video.delete()


def tidy() -> None:
    """Finish what is whole (its last request died), and forget what has expired."""
    for upload_id in Upload.objects.whole().values_list("pk", flat=True):
        finish(upload_id)
    for upload in Upload.objects.expired(timezone.now()):
        cancel(upload)


def set_published(upload: Upload, *, is_published: bool) -> None:
    """Whether its film is published: now if there is one, else with its last byte."""
    is_draft = Upload.objects.unfinished().filter(pk=upload.pk, replaces=False)
    if not is_draft.update(publishes=is_published):
        publication.set_published([upload.video_id], is_published=is_published)
