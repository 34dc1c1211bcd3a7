"""Shapes of films on their way in."""

from pathlib import PurePath
from typing import Any

from django.core.files.base import File
from django.urls import reverse
from rest_framework import serializers

from video_app.api.serializers import BIGGEST_ID, CategoryField, HarmlessField
from video_app.ingest.validators import film_suffix
from video_app.models import Upload


class DescriptionSerializer(serializers.Serializer[Any]):
    """What may be said of a draft while its bytes come, and after."""

    title = HarmlessField(max_length=200, required=False)
    description = HarmlessField(max_length=5000, required=False, allow_blank=True)
    category = CategoryField(required=False)
    published = serializers.BooleanField(
        required=False, help_text="Before its last byte: whether it will be."
    )
    year = serializers.IntegerField(required=False, allow_null=True, min_value=1878, max_value=2200)
    series = HarmlessField(
        required=False, allow_blank=True, max_length=200, help_text="Its title; one is made."
    )
    season = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=9999)
    episode = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=9999)


class MetadataSerializer(DescriptionSerializer):
    """The metadata that an upload begins with."""

    filename = serializers.CharField(max_length=4096, trim_whitespace=False)
    filetype = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    fingerprint = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200
    )
    video = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)

    def to_internal_value(self, data: Any) -> Any:
        """Numbers without a value are none at all, which tus cannot say otherwise."""
        numbers = ("year", "season", "episode")
        given = {k: None if k in numbers and v == "" else v for k, v in data.items()}
        return super().to_internal_value({k: v for k, v in given.items() if k in self.fields})

    def validate_filename(self, name: str) -> str:
        """The last part of a path, as some senders give one."""
        last = PurePath(name.replace("\\", "/")).name
        film_suffix(File(None, last))
        stem, dot, suffix = last.rpartition(".")
        return f"{stem[: 254 - len(suffix)]}{dot}{suffix}"


class ArrivalSerializer(serializers.ModelSerializer[Upload]):
    """An upload with its draft."""

    url = serializers.SerializerMethodField()
    video = serializers.IntegerField(source="video_id")
    title = HarmlessField(source="video.title")
    description = HarmlessField(source="video.description")
    category = CategoryField(source="video.category")
    year = serializers.IntegerField(source="video.year", allow_null=True)
    series = serializers.SerializerMethodField()
    season = serializers.IntegerField(source="video.season", allow_null=True)
    episode = serializers.IntegerField(source="video.episode", allow_null=True)
    published = serializers.BooleanField()
    is_finished = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = [
            *("id", "url", "video", "filename", "filetype", "title", "description", "category"),
            *("year", "series", "season", "episode", "published", "replaces", "fingerprint"),
            *("offset", "length", "is_finished", "created_at", "expires_at"),
        ]

    def get_url(self, upload: Upload) -> str:
        return reverse("resumable-upload", args=[upload.pk])

    def get_series(self, upload: Upload) -> str:
        return upload.video.series.title if upload.video.series else ""

    def get_is_finished(self, upload: Upload) -> bool:
        return upload.finished_at is not None
