"""Films that come in one request."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from video_app.ingest import quota
from video_app.models import Video, source_name


def add(user: Any, video: Video, file: "UploadedFile[Any]") -> Video:
    """Save a film of which every byte has come; `QuotaError`, `OSError`.

    Its file is put before any row is locked: into a bucket that takes a while.
    """
    name, size = file.name or "", file.size or 0
    quota.check(user, size)
    key = default_storage.save(source_name(video, name), file)
    try:
        with transaction.atomic():
            quota.hold(user)
            quota.check(user, size)
            video.owner = user
            video.save()
            video.take_source(key, name)
    except quota.QuotaError:
        default_storage.delete(key)
        raise
    return video
