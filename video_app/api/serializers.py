"""Shapes and field rules of the catalogue."""

import math
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from video_app.catalogue.sentences import translated
from video_app.catalogue.text import harmless
from video_app.ingest import whole
from video_app.ingest.validators import film_suffix
from video_app.models import Category, PlayLink, State, Video
from video_app.streaming import links, thumbnails

BIGGEST_ID = 2**63 - 1


class HarmlessField(serializers.CharField):
    """Text that one client inserts as HTML: cleaned on the way in and on the way out."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        # Cleaning takes the longer the more there is; references are longer than characters.
        if self.max_length and len(text) > 4 * self.max_length:
            self.fail("max_length", max_length=self.max_length)
        clean = harmless(text).strip()
        if not clean and not self.allow_blank:
            self.fail("blank")
        return clean

    def to_representation(self, value: Any) -> str:
        return harmless(super().to_representation(value))


@extend_schema_field({"type": "string", "example": "Drama"})
class CategoryField(serializers.Field[Any, Any, Any, Any]):
    """A label out, a label or slug in any case in."""

    default_error_messages = {"unknown": _("There is no category of that name.")}

    def to_internal_value(self, data: Any) -> str:
        category = category_named(str(data))
        if category is None:
            self.fail("unknown")
        return category

    def to_representation(self, value: str) -> str:
        return Category(value).label


_CATEGORIES = {name.lower(): c.value for c in Category for name in (c.value, c.label)}


def category_named(name: str) -> str | None:
    return _CATEGORIES.get(name.strip().lower())


class VideoSerializer(serializers.Serializer[Any]):
    """A film in the catalogue, with what the asking user did with it."""

    id = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    title = HarmlessField()
    description = HarmlessField()
    thumbnail_url = serializers.SerializerMethodField()
    category = CategoryField()
    duration = serializers.FloatField(allow_null=True, help_text="Seconds.")
    state = serializers.ChoiceField(State.choices)
    is_favorite = serializers.BooleanField()
    position = serializers.FloatField(
        help_text="Seconds; where this user stopped. 0 for a film that is to begin anew."
    )
    is_watched = serializers.BooleanField(help_text="Whether this user came to the end.")

    def get_thumbnail_url(self, video: Video) -> str:
        return links.thumbnail_url(self.context["request"], video)

    @cached_property
    def _origin(self) -> str:
        origin: str = self.context["request"].build_absolute_uri("/")
        return origin.rstrip("/")

    def to_representation(self, video: Any) -> dict[str, Any]:
        """The fields one by one: going through them as REST framework does costs a list four
        times as much as all the rest of it."""
        return {
            "id": video.pk,
            "created_at": _moment(video.created_at),
            "title": harmless(video.title),
            "description": harmless(video.description),
            "thumbnail_url": self._origin + links.thumbnail_path(video),
            "category": Category(video.category).label,
            "duration": video.duration,
            "state": video.state,
            "is_favorite": bool(video.is_favorite),
            "position": video.position,
            "is_watched": bool(video.is_watched),
        }


def _moment(moment: datetime) -> str:
    """As REST framework writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class RowSerializer(serializers.Serializer[Any]):
    """A row of the home page."""

    id = serializers.CharField(help_text="For programs: `continue`, `my-list`, `category-drama` …")
    title = HarmlessField()
    url = serializers.CharField(help_text="Where all of it is listed.")
    videos = VideoSerializer(many=True)


class HomeSerializer(serializers.Serializer[Any]):
    """The home page."""

    rows = RowSerializer(many=True)


class ContentSerializer(serializers.Serializer[Any]):
    """The shape of the Angular 18 client, which sees films in every state."""

    id = serializers.IntegerField()
    title = HarmlessField()
    description = HarmlessField()
    category = CategoryField()
    created_at = serializers.DateTimeField()
    image_file = serializers.SerializerMethodField()
    image_url = serializers.SerializerMethodField()
    video_file = serializers.SerializerMethodField()
    converted_files = serializers.SerializerMethodField()
    processing_state = serializers.SerializerMethodField()
    processing_error = serializers.SerializerMethodField()

    STATES = {State.COMPLETED: "ready", State.FAILED: "error"}

    def get_image_file(self, video: Video) -> str:
        return links.thumbnail_url(self.context["request"], video)

    get_image_url = get_image_file

    def get_video_file(self, video: Video) -> str:
        """The film's master playlist; the uploaded file is nobody's business."""
        return links.absolute(self.context["request"], "video-master", video_id=video.pk)

    def get_converted_files(self, video: Video) -> dict[str, str]:
        """Quality → where its signed link is to be had."""
        rungs = video.current_build.progressive if video.current_build else {}
        request = self.context["request"]
        return {rung: links.file_url_address(request, video.pk, rung) for rung in rungs}

    def get_processing_state(self, video: Video) -> str:
        return self.STATES.get(State(video.state), video.state)

    def get_processing_error(self, video: Video) -> str:
        return video.error if video.state == State.FAILED else ""


class NoteSerializer(serializers.Serializer[Any]):
    """Something in the file that is not in the film, and why."""

    code = serializers.CharField(help_text="For programs.")
    text = serializers.CharField(help_text="For people, one sentence.")


class StatusSerializer(serializers.Serializer[Any]):
    """How far a film has come."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(State.choices)
    processed = serializers.BooleanField(help_text="Whether everything is done.")
    playable = serializers.BooleanField(help_text="Whether its first seconds can be watched.")
    progress = serializers.FloatField(help_text="Percent, 0 to 100.")
    ready = serializers.DictField(
        child=serializers.FloatField(),
        help_text="While the film is encoded: rendition → seconds of it that can be watched.",
    )
    speed = serializers.FloatField(
        allow_null=True, help_text="Seconds of film encoded per second, while it is."
    )
    seconds_left = serializers.IntegerField(allow_null=True, help_text="At that speed.")
    error = serializers.CharField(help_text="Why it failed, for people; else empty.")
    notes = NoteSerializer(many=True, help_text="What was left out of the film and why.")


class UploadSerializer(serializers.ModelSerializer[Video]):
    title = HarmlessField(max_length=200)
    description = HarmlessField(max_length=5000, required=False, allow_blank=True)
    category = CategoryField(required=False)
    video_file = serializers.FileField(validators=[film_suffix])
    thumbnail = serializers.FileField(required=False, allow_null=True)

    class Meta:
        model = Video
        fields = ["title", "description", "category", "video_file", "thumbnail"]

    def validate_thumbnail(self, file: Any) -> Any:
        try:
            return file and thumbnails.thumbnail(file)
        except thumbnails.BadImageError as error:
            raise serializers.ValidationError(translated(str(error))) from error

    def create(self, validated_data: dict[str, Any]) -> Video:
        owner, file = validated_data.pop("owner"), validated_data.pop("video_file")
        return whole.add(owner, Video(**validated_data), file)


class UploadedSerializer(serializers.ModelSerializer[Video]):
    """The answer to an upload."""

    title = HarmlessField()
    description = HarmlessField()
    category = CategoryField()
    processed = serializers.BooleanField(default=False)

    class Meta:
        model = Video
        fields = ["id", "created_at", "title", "description", "category", "state", "processed"]


class FavoriteSerializer(serializers.Serializer[Any]):
    video_id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)


class IsFavoriteSerializer(serializers.Serializer[Any]):
    is_favorite = serializers.BooleanField()


def _finite(value: float) -> None:
    if not math.isfinite(value):
        raise serializers.ValidationError(_("A number of seconds is needed."))


class PositionSerializer(serializers.Serializer[Any]):
    seconds = serializers.FloatField(min_value=0, max_value=10**6, validators=[_finite])
    is_watched = serializers.BooleanField(read_only=True)


class PlayLinkSerializer(serializers.ModelSerializer[PlayLink]):
    """A play link as its maker sees it later: without the address."""

    title = serializers.CharField(source="video.title")
    expires = serializers.DateTimeField(source="expires_at")

    class Meta:
        model = PlayLink
        fields = ("id", "video", "title", "created_at", "expires")


class MadePlayLinkSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    qr = serializers.CharField(help_text="A QR code of the address: an image as a `data:` address.")
    url = serializers.URLField()
    expires = serializers.DateTimeField()
