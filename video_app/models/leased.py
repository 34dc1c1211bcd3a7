"""Rows that stand for work, the workers that do it, and the identity of this installation."""

import uuid

from django.db import models


class Leased(models.Model):
    """A row that stands for work: whoever holds the unexpired lease does it.

    `attempts` counts failures that may be the film's fault, `setbacks` those of a machine,
    after which the work waits until `retry_at`.
    """

    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_worker = models.UUIDField("the worker that holds it", null=True, editable=False)
    enqueued_at = models.DateTimeField(null=True, editable=False)
    # Defaults of the database too: the release before writes rows beside this one.
    setbacks = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    setback = models.CharField(
        "the last fault of a machine, for people",
        max_length=300,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    retry_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


NO_LEASE = {
    "attempts": 0,
    "lease_token": None,
    "lease_until": None,
    "lease_worker": None,
    "enqueued_at": None,
    "setbacks": 0,
    "setback": "",
    "retry_at": None,
}


class Worker(models.Model):
    """A process that takes jobs. It says every few seconds that it lives."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    host = models.CharField(max_length=255)
    queues = models.JSONField(default=list)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    problem = models.CharField("why it takes no jobs", max_length=300, blank=True)

    def __str__(self) -> str:
        return f"worker {self.id} on {self.host}"


class Installation(models.Model):
    """The one row that says which media belong to this database."""

    media_id = models.UUIDField(default=uuid.uuid4)
    is_marked = models.BooleanField("the media carry this id", default=False)
    cleaned_at = models.DateTimeField(
        null=True, help_text="When a bucket was last looked through for orphans."
    )
    orphans = models.PositiveIntegerField("films that the cleanup did not dare remove", default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="installation_is_one"),
        ]

    def __str__(self) -> str:
        return f"media {self.media_id}"
