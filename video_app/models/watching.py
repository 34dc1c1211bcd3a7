"""How films were watched: single viewings for some days, sums per film and day for long."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Sum
from django.utils import timezone

# A film's length in parts, of which each viewing remembers which it saw.
PARTS = 20
# Upper ends in seconds; what takes longer is counted at the end of each list.
STARTUP_BOUNDS = (0.5, 1.0, 2.0, 3.5, 5.0, 10.0)
STALL_BOUNDS = (1.0, 3.0, 10.0)


def no_parts() -> list[int]:
    return [0] * PARTS


def no_startups() -> list[int]:
    return [0] * (len(STARTUP_BOUNDS) + 1)


def no_stalls() -> list[int]:
    return [0] * (len(STALL_BOUNDS) + 1)


class Sums(models.Model):
    """What is summed up of viewings."""

    views = models.PositiveIntegerField(default=0)
    reported = models.PositiveIntegerField("views whose player reported", default=0)
    starts_only = models.PositiveIntegerField(
        "views of which only the start is known", default=0, db_default=0
    )
    seconds = models.FloatField("seconds watched", default=0)
    started = models.PositiveIntegerField("views whose start was timed", default=0)
    startup_seconds = models.FloatField(default=0)
    startups: Any = models.JSONField("how many began how fast", default=no_startups)
    stalls = models.PositiveIntegerField(default=0)
    stalled_seconds = models.FloatField(default=0)
    stall_lengths: Any = models.JSONField("how many lasted how long", default=no_stalls)
    errors = models.PositiveIntegerField("viewings that an error ended", default=0)

    class Meta:
        abstract = True


class FilmDayQuerySet(models.QuerySet["FilmDay"]):
    def since(self, days: int) -> "FilmDayQuerySet":
        """Of today and the days before, `days` altogether."""
        return self.filter(day__gt=timezone.localdate() - timedelta(days=days))

    def most_watched(self, days: int, limit: int) -> list[int]:
        """The ids of the films with the most views in these days, the first of them first."""
        ranked = self.since(days).values("video_id").annotate(all_views=Sum("views"))
        ranked = ranked.filter(all_views__gt=0).order_by("-all_views", "video_id")
        return [row["video_id"] for row in ranked[:limit]]


class FilmDay(Sums):
    """How one film was watched on one day. Names no person."""

    video = models.ForeignKey("Video", on_delete=models.CASCADE, related_name="days")
    day = models.DateField(db_index=True)
    retention: Any = models.JSONField("views that saw each part of the film", default=no_parts)

    objects = FilmDayQuerySet.as_manager()

    class Meta:
        verbose_name = "day of a film"
        verbose_name_plural = "watched films by day"
        ordering = ["-day", "-views"]
        constraints = [models.UniqueConstraint(fields=["video", "day"], name="film_day_once")]

    def __str__(self) -> str:
        return f"video {self.video_id} on {self.day}"


class WatchTotals(Sums):
    """All viewings since the beginning: counters that never fall, for Prometheus."""

    def __str__(self) -> str:
        return "all viewings"


class Viewing(models.Model):
    """One film watched once by somebody; who that was cannot be told from it."""

    id = models.CharField("keyed hash", max_length=32, primary_key=True)
    video = models.ForeignKey("Video", on_delete=models.CASCADE, related_name="viewings")
    day = models.DateField(db_index=True)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField("last sign of it")
    is_reported = models.BooleanField("reported by its player", default=False)
    is_view = models.BooleanField("something was watched", default=False)
    seconds = models.FloatField("seconds watched", default=0)
    startup = models.FloatField("seconds until its first picture", null=True)
    stalls = models.PositiveIntegerField(default=0)
    stalled = models.FloatField("seconds stalled", default=0)
    stall_lengths: Any = models.JSONField("how many lasted how long", default=no_stalls)
    switches = models.PositiveIntegerField("changes of quality", default=0)
    seen = models.PositiveIntegerField("a bit per part of the film", default=0)
    end = models.CharField("how it ended", max_length=10, blank=True)
    problem = models.CharField(max_length=40, blank=True)
    request_id = models.CharField("of the last answer it had from us", max_length=64, blank=True)

    class Meta:
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return f"viewing {self.pk}"


def day_of(moment: Any) -> date:
    """In the installation's time zone."""
    return timezone.localdate(moment)
