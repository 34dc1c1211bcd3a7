"""What may be asked of lists."""

from typing import Any

from rest_framework import serializers

from video_app.api.serializers import BIGGEST_ID, category_named
from video_app.catalogue import listing

UNKNOWN_CATEGORY = "?"


class PageQuery(serializers.Serializer[Any]):
    """Which page of a list."""

    page = serializers.IntegerField(required=False, min_value=1, max_value=10**6)
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=100, help_text="20 without it."
    )


ORDERINGS = [sign + name for name in listing.ORDERINGS for sign in ("", "-")]


class ContentQuery(PageQuery):
    """What may be asked of all films."""

    category = serializers.CharField(required=False, allow_blank=True, max_length=50)
    search = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Words of titles, series, people, tags, categories, years and descriptions, "
        "also unfinished or misspelt.",
    )
    ordering = serializers.ChoiceField(
        ORDERINGS,
        required=False,
        help_text="A minus sign begins with the largest. Without it: the newest first, or of a "
        "search the best.",
    )

    def validate_category(self, name: str) -> str | None:
        """None for an empty one; a name that no film has for an unknown one."""
        return (category_named(name) or UNKNOWN_CATEGORY) if name else None


class CatalogueQuery(ContentQuery):
    """What may be asked of the catalogue."""

    ordering = serializers.ChoiceField(
        [*ORDERINGS, listing.POPULAR],
        required=False,
        help_text="A minus sign begins with the largest; `popular`: watched most this week. "
        "Without it: the newest first, of a search the best, of marked films the latest mark.",
    )
    favorite = serializers.BooleanField(required=False, allow_null=True, default=None)
    started = serializers.BooleanField(required=False, allow_null=True, default=None)
    watched = serializers.BooleanField(required=False, allow_null=True, default=None)
    upcoming = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The next episodes of the series that this user watches.",
    )
    series = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)
    year = serializers.IntegerField(required=False, min_value=1, max_value=9999)
    tag = serializers.CharField(
        required=False, allow_blank=True, max_length=50, help_text="Its id or its name."
    )
    like = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=BIGGEST_ID,
        help_text="Films like the one of this id.",
    )
