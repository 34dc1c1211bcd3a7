"""The shape of one film's page, and what may be changed of it."""

import math
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from video_app.api.preferences import PreferencesSerializer
from video_app.api.preferences import shown as shown_preferences
from video_app.api.serializers import CategoryField, HarmlessField, VideoSerializer
from video_app.catalogue import series
from video_app.catalogue.greeting import share_key
from video_app.catalogue.sentences import language
from video_app.models import Audience, Person, Series, Tag, Video
from video_app.pipeline import languages
from video_app.streaming import tracks

MOST_NAMES = 50


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = HarmlessField()


class SeriesLinkSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = HarmlessField()


class ChapterSerializer(serializers.Serializer[Any]):
    seconds = serializers.FloatField(help_text="Where it begins.")
    title = HarmlessField(allow_blank=True)


class TrackSerializer(serializers.Serializer[Any]):
    language = serializers.CharField(help_text="BCP 47; `und` when nobody knows.")
    name = serializers.CharField(help_text="In English; may be empty.")


class NextSerializer(serializers.Serializer[Any]):
    """The episode that follows."""

    id = serializers.IntegerField(source="pk")
    title = HarmlessField()
    season = serializers.IntegerField(allow_null=True)
    episode = serializers.IntegerField(source="number", allow_null=True)


class FilmSerializer(VideoSerializer):
    """A film with all that its page shows."""

    year = serializers.IntegerField(allow_null=True)
    age_rating = serializers.IntegerField(allow_null=True, help_text="From this age on.")
    series = SeriesLinkSerializer(allow_null=True)
    season = serializers.IntegerField(allow_null=True)
    episode = serializers.IntegerField(allow_null=True)
    next = NextSerializer(allow_null=True)
    tags = NamedSerializer(many=True)
    people = NamedSerializer(many=True)
    chapters = ChapterSerializer(many=True)
    audio_languages = TrackSerializer(many=True)
    subtitles = TrackSerializer(many=True)
    credits_at = serializers.FloatField(
        allow_null=True, help_text="From where on, in seconds, a film counts as watched."
    )
    share_url = serializers.URLField(
        help_text="The film's page on the site; it greets strangers with the film's name."
    )
    may_edit = serializers.BooleanField(help_text="Whether this user may change and delete it.")
    preferences = PreferencesSerializer(help_text="With which to begin.")

    def to_representation(self, video: Video) -> dict[str, Any]:
        shown = super().to_representation(video)
        nested = {
            "series": SeriesLinkSerializer(video.series).data if video.series else None,
            "next": NextSerializer(self.context["next"]).data if self.context["next"] else None,
            "tags": NamedSerializer(video.tags.all(), many=True).data,
            "people": NamedSerializer(video.people.all(), many=True).data,
            "chapters": ChapterSerializer(video.chapters.all(), many=True).data,
            "audio_languages": _audio(video),
            "subtitles": _subtitles(video),
            "share_url": f"{self._origin}/film/{video.pk}/?key={share_key(video.pk)}",
            "may_edit": self.context["may_edit"],
            "preferences": shown_preferences(self.context["preferences"]),
        }
        plain = ("year", "age_rating", "season", "episode", "credits_at")
        return shown | {name: getattr(video, name) for name in plain} | nested


def _audio(video: Video) -> list[dict[str, str]]:
    if video.current_build is None:
        return []
    source = tracks.corrected(video.current_build.plan, video.track_edits).source
    return _distinct([audio.language for audio in source.audios])


def _subtitles(video: Video) -> list[dict[str, str]]:
    return _distinct([track["language"] for track in tracks.listed(video)])


def _distinct(codes: list[str]) -> list[dict[str, str]]:
    """One for each language."""
    return [
        {"language": languages.tag(code), "name": language(languages.english(code))}
        for code in dict.fromkeys(codes)
    ]


class _Names(serializers.ListField):
    """Names of tags or people, made where there are none yet."""

    child = HarmlessField(max_length=100)

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_NAMES, required=False, **options)


class _SeriesField(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """One that the user knows of: the answer tells its title."""

    def get_queryset(self) -> Any:
        return series.choosable_by(self.context["request"].user)


class EditSerializer(serializers.ModelSerializer[Video]):
    """What owners and staff may change."""

    title = HarmlessField(max_length=200, required=False)
    description = HarmlessField(max_length=5000, required=False, allow_blank=True)
    category = CategoryField(required=False)
    series = _SeriesField(queryset=Series.objects.all(), required=False, allow_null=True)
    tags = _Names()
    people = _Names()
    audience = serializers.ChoiceField(Audience.choices, required=False)

    class Meta:
        model = Video
        fields = [
            *("title", "description", "category", "year", "age_rating"),
            *("series", "season", "episode", "tags", "people"),
            *("is_published", "audience", "groups", "credits_at"),
        ]
        extra_kwargs = {
            **{name: {"required": False} for name in ("groups", "is_published")},
            # SQLite would take greater ones than PostgreSQL.
            "year": {"min_value": 1878, "max_value": 2200},
            **{name: {"max_value": 9999} for name in ("age_rating", "season", "episode")},
        }

    def validate_credits_at(self, seconds: float | None) -> float | None:
        if seconds is not None and not 0 < seconds < math.inf:
            raise serializers.ValidationError(_("A number of seconds above 0 is needed."))
        return seconds

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Only staff know the groups."""
        for name in ("groups", "audience"):
            names_groups = name == "groups" or attrs.get(name) == Audience.GROUPS
            if name in attrs and names_groups and not self.context["is_staff"]:
                raise serializers.ValidationError({name: [_("Only staff may choose groups.")]})
        return attrs

    def update(self, instance: Video, validated_data: dict[str, Any]) -> Video:
        names = {name: validated_data.pop(name, None) for name in ("tags", "people")}
        video = super().update(instance, validated_data)
        for name, model in (("tags", Tag), ("people", Person)):
            if (wanted := names[name]) is not None:
                getattr(video, name).set([_named(model, each) for each in wanted])
        return video


def _named(model: Any, name: str) -> Any:
    """The row of that name in whatever case, made when there is none."""
    clean = name[: model._meta.get_field("name").max_length]
    found = model.objects.filter(name__iexact=clean).first()
    try:
        with transaction.atomic():
            return found or model.objects.create(name=clean)
    except IntegrityError:  # somebody else has made it just now
        return model.objects.get(name__iexact=clean)
