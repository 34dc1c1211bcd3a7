"""Lists of films: the catalogue, what one marked, the home page's rows."""

from typing import Any

from django.http import HttpResponseBase
from django.middleware.csrf import get_token
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import paging
from video_app.api.conditional import unless_unchanged
from video_app.api.queries import CatalogueQuery, ContentQuery, PageQuery
from video_app.api.serializers import (
    ContentSerializer,
    HomeSerializer,
    VideoSerializer,
)
from video_app.catalogue import home, listing, marks
from video_app.models import Video

CONTINUE_LIMIT = 50


class VideoListView(APIView):
    """The films that can be watched, newest first."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> HttpResponseBase:
        asked = _asked(request, CatalogueQuery)
        get_token(request)  # one client reads the cookie before it signs out
        return unless_unchanged(request, lambda: self._answer(request, asked))

    def _answer(self, request: Request, asked: dict[str, Any]) -> Response:
        shown = listing.shown_to(request.user, asked).for_cards().with_marks(request.user)
        rows = listing.chosen(shown, request.user, asked)
        return paging.respond(request, rows, VideoSerializer, asked)


class ContentListView(APIView):
    """All published films in whatever state."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> HttpResponseBase:
        asked = _asked(request, ContentQuery)
        return unless_unchanged(request, lambda: self._answer(request, asked))

    def _answer(self, request: Request, asked: dict[str, Any]) -> Response:
        shown: Any = Video.objects.listed_for(request.user).select_related("current_build")
        rows = listing.chosen(shown.defer("current_build__plan_json"), request.user, asked)
        return paging.respond(request, rows, ContentSerializer, asked)


class ContinueView(APIView):
    """The films that this user has begun, the latest first."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> Response:
        asked = {"started": True}
        shown = listing.shown_to(request.user, asked).with_marks(request.user)
        begun = listing.chosen(shown, request.user, asked)[:CONTINUE_LIMIT]
        return Response(VideoSerializer(begun, many=True, context={"request": request}).data)


class HistoryView(APIView):
    """What this user has begun or watched, the last first."""

    limited_may = ("GET", "DELETE")
    token_scopes = {"GET": ("read",), "DELETE": ("manage",)}

    def get(self, request: Request) -> HttpResponseBase:
        asked = _asked(request, PageQuery)
        return unless_unchanged(
            request,
            lambda: paging.respond(request, listing.history(request.user), VideoSerializer, asked),
        )

    def delete(self, request: Request) -> Response:
        marks.forget_history(request.user)
        return Response(status=204)


class HomeView(APIView):
    """The rows of the home page."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> HttpResponseBase:
        return unless_unchanged(request, lambda: self._answer(request))

    def _answer(self, request: Request) -> Response:
        rows = home.rows(request.user)
        return Response(HomeSerializer({"rows": rows}, context={"request": request}).data)


def _asked(request: Request, kind: Any) -> dict[str, Any]:
    query = kind(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked: dict[str, Any] = query.validated_data
    return asked
