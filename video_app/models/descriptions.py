"""What a film is described by: its series, tags, people and chapters."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from video_app.models.fields import SortKey


class Series(models.Model):
    """Films that belong together, in seasons and episodes, or without (a collection)."""

    title = models.CharField(max_length=200)
    sort_key = SortKey("title as it is sorted", null=True, editable=False)
    description = models.TextField(blank=True, max_length=5000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title", "id"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.title


class Tag(models.Model):
    name = models.CharField(max_length=50)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_once")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who acts in films or makes them."""

    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"
        constraints = [models.UniqueConstraint(Lower("name"), name="person_once")]

    def __str__(self) -> str:
        return self.name


class Chapter(models.Model):
    """A named place in a film. It lasts until the next one begins."""

    video = models.ForeignKey("Video", on_delete=models.CASCADE, related_name="chapters")
    seconds = models.FloatField("begins at, in seconds")
    title = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["video", "seconds"]
        constraints = [
            models.UniqueConstraint(fields=["video", "seconds"], name="chapter_once"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="chapter_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.seconds:.0f} s"
