"""One film: all about it, and changing it."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import auditing
from video_app.api.film_serializers import EditSerializer, FilmSerializer
from video_app.catalogue import preferences, series
from video_app.models import Video


class VideoView(APIView):
    """One film."""

    token_scopes = {"GET": ("read", "upload"), "PATCH": ("manage",), "DELETE": ("manage",)}

    def get(self, request: Request, video_id: int) -> Response:
        return _film(request, video_id)

    def patch(self, request: Request, video_id: int) -> Response:
        video = _editable(request, video_id, "change")
        context = {"request": request, "is_staff": request.user.is_staff}
        edit = EditSerializer(video, data=request.data, partial=True, context=context)
        edit.is_valid(raise_exception=True)
        with transaction.atomic():
            edit.save()
        auditing.note(request, "video.changed", "video", video_id, fields=[*edit.validated_data])
        return _film(request, video_id)

    def delete(self, request: Request, video_id: int) -> Response:
        _editable(request, video_id, "delete").delete()
        auditing.note(request, "video.deleted", "video", video_id)
        return Response(status=204)


def _film(request: Request, video_id: int) -> Response:
    rows: Any = Video.objects.visible_to(request.user).with_marks(request.user)
    rows = rows.select_related("series", "current_build")
    rows = rows.prefetch_related("tags", "people", "chapters")
    video = get_object_or_404(rows, pk=video_id)
    context = {
        "request": request,
        "next": series.following(request.user, video),
        "may_edit": may_edit(request.user, video, "change"),
        "preferences": preferences.of(request.user),
    }
    return Response(FilmSerializer(video, context=context).data)


def _editable(request: Request, video_id: int, what: str) -> Video:
    """A film that one may not even see is not found."""
    video: Video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
    if not may_edit(request.user, video, what):
        raise PermissionDenied
    return video


def may_edit(user: Any, video: Video, what: str) -> bool:
    """Owners may; staff need the permission that the admin asks for as well."""
    is_owner = video.owner_id == user.pk
    return is_owner or bool(user.is_staff and user.has_perm(f"video_app.{what}_video"))
