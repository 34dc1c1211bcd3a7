"""Films on their way in: uploads that can be resumed, imports, and what they replace."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from video_app.models.builds import Build
from video_app.models.leased import Leased
from video_app.models.videos import Video


class Arrival(models.Model):
    """A source of which `offset` of `length` bytes have come, under its final key.

    Its video is a draft until all have: unpublished and without a source. Or it is a film
    whose source will be replaced.
    """

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="%(class)ss")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="%(class)ss"
    )
    replaces = models.BooleanField("is a new source of a film that has one", default=False)
    publishes = models.BooleanField("published once it is whole", default=True)
    filename = models.CharField(max_length=255)
    key = models.CharField(max_length=255, unique=True)
    length = models.PositiveBigIntegerField("bytes in all", default=0)
    offset = models.PositiveBigIntegerField("bytes that have come", default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def published(self) -> bool:
        """Whether the film is, or will be with its last byte."""
        is_draft = self.finished_at is None and not self.replaces
        return self.publishes if is_draft else self.video.is_published


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, user: Any) -> "UploadQuerySet":
        return self.filter(owner=user)

    def unfinished(self) -> "UploadQuerySet":
        return self.filter(finished_at=None)

    def whole(self) -> "UploadQuerySet":
        """Whose bytes have all come, and which only wait to be finished."""
        return self.unfinished().filter(offset=F("length"))

    def expired(self, now: datetime) -> "UploadQuerySet":
        return self.filter(expires_at__lt=now)

    def missing_bytes(self, since: datetime) -> int:
        """What is still to come of uploads that were active."""
        active = self.unfinished().filter(active_at__gt=since)
        total = active.aggregate(bytes=models.Sum(F("length") - F("offset")))["bytes"]
        return total or 0


class Upload(Arrival):
    """A resumable upload (tus). Whoever holds `writer` may append; the newest request does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    writer = models.UUIDField(null=True)
    filetype = models.CharField(max_length=100, blank=True)
    fingerprint = models.CharField("what the sender knows the file by", max_length=200, blank=True)
    active_at = models.DateTimeField("when bytes last came")
    expires_at = models.DateTimeField(db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__lte=F("length")), name="upload_not_beyond_length"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(offset=F("length")), name="upload_finished_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"upload of {self.filename}"


class ImportOrigin(models.TextChoices):
    FOLDER = "folder", _("A folder of the server")
    URL = "url", _("An address")
    BUCKET = "bucket", _("A bucket")


class Import(Arrival, Leased):
    """A film that the server fetches itself. Its lease is the claim on fetching it.

    `offset` and `length` are what was fetched of how much; without a length nobody said.
    """

    origin = models.CharField(max_length=10, choices=ImportOrigin)
    location = models.TextField("an address, a path, or a place in a bucket")
    seen = models.CharField(
        "size and time of the file that was found, or the version of what an address leads to",
        max_length=255,
        blank=True,
    )
    content = models.CharField("what the file is known by", max_length=64, blank=True)
    error = models.CharField("why it failed, for people", max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["location"], name="import_location"),
            models.Index(fields=["content"], name="import_content"),
        ]

    def __str__(self) -> str:
        return f"import of {self.filename}"


class FoundFile(models.Model):
    """A file of the watched folder that was imported once, whatever became of its film."""

    location = models.TextField("its path", unique=True)
    seen = models.CharField("its size and time", max_length=255)
    content = models.CharField("what it is known by", max_length=64, db_index=True)

    def __str__(self) -> str:
        return self.location


class FormerSource(models.Model):
    """A source that another has replaced, kept so that one can go back to it."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="former_sources")
    key = models.CharField(max_length=255)
    filename = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField("bytes")
    build = models.ForeignKey(
        Build, on_delete=models.SET_NULL, null=True, related_name="+", help_text="What showed it."
    )
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"former source of video {self.video_id}"


def held_keys() -> set[str]:
    """Keys of sources that are coming, or may come back."""
    return {
        key
        for model in (Upload, Import, FormerSource)
        for key in model._default_manager.values_list("key", flat=True)
    }
