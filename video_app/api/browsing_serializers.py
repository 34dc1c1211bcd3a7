"""How categories, series, tags and suggestions are told."""

from typing import Any

from rest_framework import serializers

from video_app.api.serializers import HarmlessField, VideoSerializer
from video_app.models import Video


class CategorySerializer(serializers.Serializer[Any]):
    """A category that has films."""

    slug = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField(help_text="How many films of it this user may find.")


class TagSerializer(serializers.Serializer[Any]):
    """A tag that films have."""

    id = serializers.IntegerField()
    name = HarmlessField()
    count = serializers.IntegerField(help_text="How many films with it this user may find.")


class SeriesSerializer(serializers.Serializer[Any]):
    """A series."""

    id = serializers.IntegerField()
    title = HarmlessField()
    description = HarmlessField()
    count = serializers.IntegerField(help_text="How many of its films this user may find.")


class EpisodeSerializer(VideoSerializer):
    """A film of a series."""

    season = serializers.IntegerField(allow_null=True, help_text="0: specials.")
    episode = serializers.IntegerField(allow_null=True)

    def to_representation(self, video: Video) -> dict[str, Any]:
        numbers = {"season": video.season, "episode": video.episode}
        return super().to_representation(video) | numbers


class WholeSeriesSerializer(SeriesSerializer):
    """A series with its films."""

    next = serializers.IntegerField(
        allow_null=True, help_text="The id of the film to watch now; null when all was watched."
    )
    videos = EpisodeSerializer(many=True, help_text="Season by season, the specials last.")


class SuggestionSerializer(serializers.Serializer[Any]):
    """Something that somebody who types may mean."""

    kind = serializers.ChoiceField(["film", "series", "tag", "person", "category"])
    id = serializers.CharField(help_text="The film's, series' or tag's id; the category's slug.")
    text = HarmlessField()


class SuggestionQuery(serializers.Serializer[Any]):
    search = serializers.CharField(max_length=200, allow_blank=True)
