"""The catalogue: lists, one film, its status, favourites, positions."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import paging
from video_app.api.serializers import (
    CatalogueQuery,
    ContentSerializer,
    FavoriteSerializer,
    IsFavoriteSerializer,
    PositionSerializer,
    StatusSerializer,
    VideoSerializer,
    category_named,
)
from video_app.catalogue import marks, notes, progress, search, versions
from video_app.models import State, Video
from video_app.streaming import delivery

CONTINUE_LIMIT = 50
ORDERS = {
    sign + name: (sign + column, f"{sign}id")
    for name, column in CatalogueQuery.ORDERINGS.items()
    for sign in ("", "-")
}


class VideoListView(APIView):
    """The films that can be watched, newest first."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> HttpResponseBase:
        asked = _asked(request)
        get_token(request)  # one client reads the cookie before it signs out
        return unless_unchanged(
            request,
            lambda: paging.respond(
                request,
                _chosen(Video.objects.playable().with_marks(request.user), asked),
                VideoSerializer,
                asked,
            ),
        )


class ContentListView(APIView):
    """All published films in whatever state."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> HttpResponseBase:
        asked = _asked(request)
        rows = Video.objects.published()
        rows = rows.select_related("current_build").defer("current_build__plan_json")
        return unless_unchanged(
            request,
            lambda: paging.respond(request, _chosen(rows, asked), ContentSerializer, asked),
        )


class ContinueView(APIView):
    """The films that this user has begun, the latest first."""

    token_scopes = {"GET": ("read",)}

    def get(self, request: Request) -> Response:
        rows: Any = Video.objects.playable().with_marks(request.user)
        begun = rows.filter(position__gt=0).order_by("-my_position__updated_at")[:CONTINUE_LIMIT]
        return Response(VideoSerializer(begun, many=True, context={"request": request}).data)


class VideoView(APIView):
    """One film."""

    token_scopes = {"GET": ("read", "upload")}

    def get(self, request: Request, video_id: int) -> Response:
        rows = Video.objects.visible_to(request.user).with_marks(request.user)
        video = get_object_or_404(rows, pk=video_id)
        return Response(VideoSerializer(video, context={"request": request}).data)


class StatusView(APIView):
    """How far the transcoding has come; made to be asked every few seconds."""

    token_scopes = {"GET": ("read", "upload")}

    def get(self, request: Request, video_id: int) -> HttpResponseBase:
        rows = Video.objects.visible_to(request.user).select_related("current_build")
        video = get_object_or_404(rows, pk=video_id)
        pace = progress.pace(video)
        status = StatusSerializer(
            {
                "id": video.pk,
                "state": video.state,
                "processed": video.state == State.COMPLETED,
                "playable": video.current_build_id is not None,
                "progress": progress.percent(video),
                "speed": pace and pace.speed,
                "seconds_left": pace and pace.seconds_left,
                "error": video.error if video.state == State.FAILED else "",
                "notes": notes.of_film(video),
            }
        ).data
        return _with_tag(request, str(status), lambda: Response(status))


class FavoriteView(APIView):
    """Whether a film is one of this user's favourites."""

    token_scopes = dict.fromkeys(("PUT", "DELETE"), ("manage",))

    def put(self, request: Request, video_id: int) -> Response:
        return self._set(request, video_id, True)

    def delete(self, request: Request, video_id: int) -> Response:
        return self._set(request, video_id, False)

    def _set(self, request: Request, video_id: int, is_favorite: bool) -> Response:
        video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
        with _deleted_is_not_found():
            marks.set_favorite(request.user, video, is_favorite=is_favorite)
        return Response(IsFavoriteSerializer({"is_favorite": is_favorite}).data)


class ToggleFavoriteView(APIView):
    """Adds a film to the favourites or takes it away; answers with all their ids."""

    token_scopes = {"POST": ("manage",)}

    def post(self, request: Request) -> Response:
        asked = FavoriteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        visible = Video.objects.visible_to(request.user)
        video = get_object_or_404(visible, pk=asked.validated_data["video_id"])
        with _deleted_is_not_found():
            marks.toggle_favorite(request.user, video)
        return Response(marks.favorites(request.user))


class PositionView(APIView):
    """Where this user stopped in a film."""

    token_scopes = {"GET": ("read",), "PUT": ("manage",), "DELETE": ("manage",)}

    def get(self, request: Request, video_id: int) -> Response:
        rows: Any = Video.objects.visible_to(request.user).with_marks(request.user)
        video = get_object_or_404(rows, pk=video_id)
        return _position(video.position, video.is_watched)

    def put(self, request: Request, video_id: int) -> Response:
        video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
        asked = PositionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with _deleted_is_not_found():
            kept = marks.keep_position(request.user, video, asked.validated_data["seconds"])
        return _position(kept.seconds, kept.watched_at is not None)

    def delete(self, request: Request, video_id: int) -> Response:
        video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
        marks.forget_position(request.user, video)
        return _position(0.0, False)


@contextmanager
def _deleted_is_not_found() -> Iterator[None]:
    """A film that is deleted between look and use is not found."""
    try:
        yield
    except Video.DoesNotExist as error:
        raise Http404 from error


def _position(seconds: float, is_watched: bool) -> Response:
    return Response(PositionSerializer({"seconds": seconds, "is_watched": is_watched}).data)


def _asked(request: Request) -> dict[str, Any]:
    query = CatalogueQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked: dict[str, Any] = query.validated_data
    return asked


def _chosen(rows: Any, asked: dict[str, Any]) -> Any:
    """Those of `rows` that were asked for, in that order."""
    if asked.get("category"):
        rows = rows.filter(category=category_named(asked["category"]))
    ordering = asked.get("ordering")
    if text := asked.get("search"):
        ids = search.best(rows, text)
        if not ordering:
            return paging.Ranked(rows, ids)
        rows = rows.filter(pk__in=ids)
    return rows.order_by(*ORDERS[ordering or "-created_at"])


def unless_unchanged(request: Request, answer: Callable[[], Response]) -> HttpResponseBase:
    """304, without a look into the tables, when neither catalogue nor marks have changed."""
    names = versions.CATALOGUE, versions.marks_of(int(request.user.pk or 0))
    state = versions.current(*names)
    return _with_tag(request, state and f"{state} {request.build_absolute_uri()}", answer)


def _with_tag(
    request: Request, state: str | None, answer: Callable[[], Response]
) -> HttpResponseBase:
    """The answer with a tag made of `state`, or 304 when the client has it."""
    tag = state and f'W/"{hashlib.blake2b(state.encode(), digest_size=12).hexdigest()}"'
    response = get_conditional_response(request, tag) or answer()
    response["Cache-Control"] = delivery.REVALIDATE
    if tag:
        response["ETag"] = tag
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response
