"""Videos: what people upload, describe and watch."""

import uuid
from collections.abc import Collection
from pathlib import PurePath
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from video_app.models.builds import Build
from video_app.models.categories import Category
from video_app.models.descriptions import Person, Tag
from video_app.models.fields import SortKey
from video_app.models.leased import NO_LEASE, Leased
from video_app.models.querysets import VideoQuerySet


class State(models.TextChoices):
    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")


def source_name(video: "Video", filename: str) -> str:
    """A storage name of our own making; the uploaded name only lends its suffix."""
    suffix = PurePath(filename).suffix.lower()
    return f"sources/{uuid.uuid4().hex}{suffix if suffix[1:].isalnum() else ''}"


def thumbnail_name(video: "Video", filename: str) -> str:
    return f"thumbnails/{uuid.uuid4().hex}.jpg"


COUNTED = ["audience", "age_rating", "is_published", "current_build"]


class Audience(models.TextChoices):
    """Who may see a published film."""

    EVERYBODY = "everybody", _("Everybody")
    GROUPS = "groups", _("Members of its groups")
    UNLISTED = "unlisted", _("Whoever has its address")


class Video(Leased):
    """A film. Its lease is the claim on planning its newest source, then on its poster."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=5000)
    category = models.CharField(max_length=20, choices=Category, default=Category.OTHER)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    age_rating = models.PositiveSmallIntegerField("from age", null=True, blank=True)
    series = models.ForeignKey(
        "Series", on_delete=models.SET_NULL, null=True, blank=True, related_name="videos"
    )
    season = models.PositiveSmallIntegerField(null=True, blank=True)
    episode = models.PositiveSmallIntegerField(null=True, blank=True)
    tags: "models.ManyToManyField[Tag, Any]" = models.ManyToManyField(
        "Tag", related_name="videos", blank=True
    )
    people: "models.ManyToManyField[Person, Any]" = models.ManyToManyField(
        "Person", related_name="videos", blank=True
    )
    is_published = models.BooleanField("published", default=True)
    audience = models.CharField(
        "for", max_length=10, choices=Audience, default="everybody", db_default="everybody"
    )
    groups: "models.ManyToManyField[Group, Any]" = models.ManyToManyField(
        Group, related_name="+", blank=True, help_text="Who sees it when it is for groups."
    )
    credits_at = models.FloatField(
        "credits begin at, in seconds",
        null=True,
        blank=True,
        help_text="Who came so far has watched it. Without it: shortly before the end.",
    )
    sort_key = SortKey("title as it is sorted", null=True, editable=False)
    indexed_at = models.DateTimeField(
        null=True, editable=False, help_text="`updated_at` of what the search knows."
    )
    publish_at = models.DateTimeField(null=True, blank=True)
    unpublish_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="videos",
    )
    favorited_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Favorite", related_name="favorite_videos", blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    video_file = models.FileField("film", upload_to=source_name, max_length=255)
    original_name = models.CharField(max_length=255, blank=True, editable=False)
    size = models.PositiveBigIntegerField("source size in bytes", default=0, editable=False)
    source_revision = models.PositiveIntegerField(default=0, editable=False)
    thumbnail = models.ImageField(
        upload_to=thumbnail_name,
        blank=True,
        max_length=255,
        help_text="Instead of the poster made from the film.",
    )
    poster = models.CharField(
        "storage name of the poster", max_length=255, blank=True, editable=False
    )

    state = models.CharField(
        max_length=10, choices=State, default=State.PENDING, editable=False, db_index=True
    )
    error = models.CharField("reason, for people", max_length=300, blank=True, editable=False)
    duration = models.FloatField("seconds", null=True, editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    current_build = models.ForeignKey(
        "Build", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    planned_revision = models.PositiveIntegerField(default=0, editable=False)
    tracks_revision = models.PositiveIntegerField(
        "how often its tracks were edited", default=0, db_default=0, editable=False
    )
    track_edits: Any = models.JSONField(
        "what people corrected of the tracks in its file", null=True, editable=False
    )

    notes: Any = models.JSONField(
        "what of its newest source, or beside it, was left out", null=True, editable=False
    )

    objects = VideoQuerySet.as_manager()
    _stored_file: str | None = ""  # the name in the database
    replaced: "Video | None" = None  # as it was before the last save, when that brought a file
    unfinished: "list[Build]"  # see `unfinished_work`

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="video_state_known"),
            models.CheckConstraint(
                condition=Q(category__in=Category.values), name="video_category_known"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="video_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(credits_at__isnull=True) | Q(credits_at__gt=0),
                name="video_credits_not_at_once",
            ),
            models.CheckConstraint(
                condition=Q(planned_revision__lte=models.F("source_revision")),
                name="video_planned_not_ahead",
            ),
        ]
        indexes = [
            # With all that a count asks, so that no rows are read for it.
            models.Index(
                fields=["-created_at", "-id", *COUNTED],
                name="video_shown_newest",
                condition=Q(is_published=True, current_build__isnull=False),
            ),
            models.Index(
                fields=["category", "-created_at", "-id", *COUNTED],
                name="video_shown_of_category",
                condition=Q(is_published=True, current_build__isnull=False),
            ),
            models.Index(fields=["sort_key", "id"], name="video_by_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, **options: Any) -> None:
        """Save what people edit; a new file also begins a new source revision.

        The columns that workers own are left alone: a form that was open while a
        film was being transcoded must not put old values back.
        """
        is_new_file = self.video_file.name != self._stored_file
        if not self._state.adding and options.get("update_fields") is None:
            options["update_fields"] = self._edited() + (REVISION if is_new_file else [])
        with transaction.atomic():
            self.replaced = None
            if is_new_file:
                self._begin_revision()
            super().save(**options)
        self._stored_file = self.video_file.name

    def take_source(self, key: str, filename: str) -> None:
        """Begin a revision with a file that lies in the store already."""
        with transaction.atomic():
            self.video_file.name = key
            self.save(update_fields=[*REVISION, "is_published", "updated_at"])
            self.original_name = filename[:255]
            Video.objects.filter(pk=self.pk).update(original_name=self.original_name)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            Video.objects.filter(pk=self.pk).select_for_update().only("pk").first()
            return super().delete(*args, **options)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        video = super().from_db(db, field_names, values, **options)
        if "video_file" in field_names:
            video._stored_file = video.video_file.name
        return video

    @classmethod
    def _edited(cls) -> list[str]:
        """The columns that people edit, but for the file."""
        fields = (field for field in cls._meta.concrete_fields if field.editable)
        names = [field.name for field in fields if field.name not in ("id", "video_file")]
        return [*names, "sort_key", "updated_at"]

    def _begin_revision(self) -> None:
        # Counted from what is stored: this row may have been read before the last one.
        newest = Video.objects.filter(pk=self.pk).select_for_update(of=("self",)).first()
        self.replaced = newest if newest and newest.video_file else None
        self.source_revision = 1 + (newest.source_revision if newest else 0)
        self.original_name = PurePath(self.video_file.name or "").name[:255]
        self.size = self.video_file.size if self.video_file else 0
        self.state, self.error, self.notes = State.PENDING, "", None
        for name, value in NO_LEASE.items():
            setattr(self, name, value)

    @property
    def picture(self) -> str:
        """The storage key of what stands for the film in lists, or ""."""
        return self.thumbnail.name or self.poster

    @property
    def is_unfinished(self) -> bool:
        """Whether workers still have something to do for it."""
        return self.state in (State.PENDING, State.PROCESSING)

    @property
    def needs_plan(self) -> bool:
        """Whether the newest source has not been looked at yet."""
        return bool(self.video_file) and self.planned_revision < self.source_revision


# What a new file resets.
REVISION = [
    *("video_file", "source_revision", "original_name", "size", "state", "error", "notes"),
    *NO_LEASE,
]
