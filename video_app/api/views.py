"""The status of a film, and what one does with it: favourites, positions, watched."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api.conditional import with_tag
from video_app.api.serializers import (
    FavoriteSerializer,
    IsFavoriteSerializer,
    PositionSerializer,
    StatusSerializer,
)
from video_app.catalogue import marks, notes, progress
from video_app.catalogue.sentences import translated
from video_app.models import State, Video


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
                "ready": progress.ready(video),
                "speed": pace and pace.speed,
                "seconds_left": pace and pace.seconds_left,
                "error": translated(video.error) if video.state == State.FAILED else "",
                "notes": notes.of_film(video),
            }
        ).data
        return with_tag(request, str(status), lambda: Response(status))


class FavoriteView(APIView):
    """Whether a film is one of this user's favourites."""

    limited_may = ("PUT", "DELETE")
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

    limited_may = ("POST",)
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

    limited_may = ("GET", "PUT", "DELETE")
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
        return _position(0.0, marks.forget_position(request.user, video))


class WatchedView(APIView):
    """Whether this user has watched a film, wherever that was."""

    limited_may = ("PUT", "DELETE")
    token_scopes = dict.fromkeys(("PUT", "DELETE"), ("manage",))

    def put(self, request: Request, video_id: int) -> Response:
        return self._set(request, video_id, True)

    def delete(self, request: Request, video_id: int) -> Response:
        return self._set(request, video_id, False)

    def _set(self, request: Request, video_id: int, is_watched: bool) -> Response:
        video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
        with _deleted_is_not_found():
            marks.set_watched(request.user, video, is_watched=is_watched)
        return _position(0.0, is_watched)


@contextmanager
def _deleted_is_not_found() -> Iterator[None]:
    """A film that is deleted between look and use is not found."""
    try:
        yield
    except Video.DoesNotExist as error:
        raise Http404 from error


def _position(seconds: float, is_watched: bool) -> Response:
    return Response(PositionSerializer({"seconds": seconds, "is_watched": is_watched}).data)
