"""Ways through the catalogue: categories, series, tags, suggestions while typing."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import paging
from video_app.api.browsing_serializers import (
    CategorySerializer,
    SeriesSerializer,
    SuggestionQuery,
    SuggestionSerializer,
    TagSerializer,
    WholeSeriesSerializer,
)
from video_app.api.conditional import unless_unchanged
from video_app.api.queries import PageQuery
from video_app.catalogue import counts, series, suggestions
from video_app.catalogue.episodes import first, in_order, next_up
from video_app.models import Category, Video


class CategoriesView(APIView):
    """The categories that have films, the largest first."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> HttpResponseBase:
        return unless_unchanged(request, lambda: self._answer(request))

    def _answer(self, request: Request) -> Response:
        found = [
            {"slug": slug, "name": Category(slug).name_for_readers, "count": count}
            for slug, count in counts.of_categories(request.user)
        ]
        return Response(CategorySerializer(found, many=True).data)


class TagsView(APIView):
    """The tags that films have, alphabetically."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> HttpResponseBase:
        return unless_unchanged(request, lambda: self._answer(request))

    def _answer(self, request: Request) -> Response:
        found = [
            {"id": pk, "name": name, "count": count}
            for pk, name, count in counts.of_tags(request.user)
        ]
        return Response(TagSerializer(found, many=True).data)


class SeriesListView(APIView):
    """The series, alphabetically."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> HttpResponseBase:
        query = PageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return unless_unchanged(
            request,
            lambda: paging.respond(
                request, series.shown_to(request.user), SeriesSerializer, query.validated_data
            ),
        )


class SeriesView(APIView):
    """One series with its films, and which of them is to be watched now."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request, series_id: int) -> HttpResponseBase:
        return unless_unchanged(request, lambda: self._answer(request, series_id))

    def _answer(self, request: Request, series_id: int) -> Response:
        found = get_object_or_404(series.shown_to(request.user), pk=series_id)
        episodes = in_order(series.episodes_of(request.user, [series_id])[series_id])
        rows: Any = Video.objects.listed_for(request.user).with_marks(request.user)
        videos = rows.in_bulk([episode.pk for episode in episodes])
        is_new = not any(episode.touched_at for episode in episodes)
        upcoming = first(episodes) if is_new else next_up(episodes)
        shown = {
            "id": found.pk,
            "title": found.title,
            "description": found.description,
            "count": found.count,
            "next": upcoming and upcoming.pk,
            "videos": [videos[episode.pk] for episode in episodes if episode.pk in videos],
        }
        return Response(WholeSeriesSerializer(shown, context={"request": request}).data)


class SuggestionsView(APIView):
    """What somebody who types this may mean."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> Response:
        query = SuggestionQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = suggestions.suggest(request.user, query.validated_data["search"])
        return Response(SuggestionSerializer(found, many=True).data)
