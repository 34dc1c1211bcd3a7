"""Builds: one transcode of a source, cut into chunks."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from video_app.models.leased import Leased
from video_app.pipeline import layers, layout
from video_app.pipeline.types import Plan


class BuildState(models.TextChoices):
    ENCODING = "encoding", _("Encoding")
    COMPLETE = "complete", _("Complete")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class Build(Leased):
    """One transcode of one source revision; its files never change once it is complete.

    Its lease is the claim on finishing it, then on making its extras.
    """

    video = models.ForeignKey("Video", on_delete=models.CASCADE, related_name="builds")
    source_revision = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=BuildState, default=BuildState.ENCODING)
    plan_json = models.JSONField()
    progressive = models.JSONField(
        "rung → size in bytes of its progressive MP4", default=dict, blank=True
    )
    subtitles = models.PositiveSmallIntegerField("subtitle tracks", default=0)
    storyboard_sheets = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    extras_at = models.DateTimeField(
        null=True, help_text="Since when its MP4s and storyboard are there, or given up."
    )
    captioned_segments = models.PositiveIntegerField(
        "segments whose sound was written down", default=0, db_default=0
    )
    captioned_at = models.DateTimeField(
        null=True, help_text="Since when its captions are made, given up, or not needed."
    )
    retired_at = models.DateTimeField(null=True, help_text="Since when no new player is sent here.")
    verified_at = models.DateTimeField(
        null=True, help_text="When its segments were last compared with their checksums."
    )
    stored_at = models.DateTimeField(null=True, help_text="Since when it lies in the bucket.")
    size = models.PositiveBigIntegerField(
        "bytes of its segments and MP4s", null=True, help_text="None until they are counted."
    )

    class Meta:
        constraints = [
            # One transcode of a video at a time.
            models.UniqueConstraint(
                fields=["video"], condition=Q(state="encoding"), name="build_one_encoding"
            ),
        ]

    def __str__(self) -> str:
        return f"build {self.pk} of video {self.video_id}"

    @property
    def plan(self) -> Plan:
        return Plan.from_json(self.plan_json)

    def ready_segments(self) -> dict[str, int]:
        """Folder → the segments that players may ask for, from the first one on.

        A chunk that is encoded again was listed already; a playlist must never shrink.
        """
        plan = self.plan
        if self.state == BuildState.COMPLETE:
            return dict.fromkeys(plan.folders, plan.segments)
        chunks = sorted(self.chunks.all(), key=lambda chunk: chunk.index)
        done = [(chunk.has_been_low, chunk.has_been_whole) for chunk in chunks]
        return layers.ready_segments(plan, done)

    @property
    def prefix(self) -> str:
        """The storage prefix of everything this build owns."""
        return layout.build_prefix(self.video_id, self.pk)

    def segment_keys(self, folder: str) -> list[str]:
        """Where the segments of a rendition or track lie, in their order."""
        plan, prefix = self.plan, self.prefix
        chunks = self.chunks.order_by("index").only("index", "place", "low_place", "build_id")
        return [
            layout.segment_key(prefix, folder, number, chunk.place_of(folder))
            for chunk in chunks
            for number in range(*plan.chunk_cuts[chunk.index : chunk.index + 2])
        ]


class Tombstone(models.Model):
    """A key or prefix whose row is gone, and whose files are still to be removed."""

    prefix = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "video_app_discarded"  # as the first release calls it

    def __str__(self) -> str:
        return self.prefix


class ChunkState(models.TextChoices):
    DUE = "due", _("Due")
    DONE = "done", _("Done")


def place_of(folder: str, place: str, low_place: str) -> str:
    """The attempt's folder in which the segments of a rendition or track lie: its layer's."""
    return low_place if low_place and layers.is_low(folder) else place


class Chunk(Leased):
    """Some segments of a build: the unit of work and of loss.

    Its low layer may be encoded ahead, under a lease of its own; it stays due until all of it
    is there.
    """

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="chunks")
    index = models.PositiveIntegerField()
    state = models.CharField(max_length=6, choices=ChunkState, default=ChunkState.DUE)
    error = models.CharField(max_length=300, blank=True)
    revision = models.PositiveSmallIntegerField("how often it was mended", default=0, db_default=0)
    place = models.CharField(
        "folder of its segments, in a bucket", max_length=32, blank=True, default="", db_default=""
    )
    low_place = models.CharField(
        "folder of its low layer, if that is another",
        max_length=32,
        blank=True,
        default="",
        db_default="",
    )
    done_at = models.DateTimeField(null=True)
    has_low = models.BooleanField("its low layer is there", default=False, db_default=False)
    low_at = models.DateTimeField(null=True, help_text="When its low layer was first there.")
    seconds_done = models.FloatField("encoded seconds while running", default=0)
    report: Any = models.JSONField(
        "rung → measured segments (sizes in bytes, I-frame ranges)", default=dict, blank=True
    )

    class Meta:
        ordering = ["build_id", "index"]
        constraints = [
            models.UniqueConstraint(fields=["build", "index"], name="chunk_once_per_build"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(lease_token__isnull=True), name="chunk_done_unleased"
            ),
        ]
        indexes = [
            models.Index(fields=["index", "build"], name="chunk_due", condition=Q(state="due")),
        ]

    def __str__(self) -> str:
        return f"chunk {self.index} of build {self.build_id}"

    def place_of(self, folder: str) -> str:
        """The folder in a bucket under which a rendition or track of this chunk lies."""
        return place_of(folder, self.place, self.low_place)

    @property
    def has_been_whole(self) -> bool:
        return self.state == ChunkState.DONE or self.done_at is not None

    @property
    def has_been_low(self) -> bool:
        return self.has_been_whole or self.low_at is not None
