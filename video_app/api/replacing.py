"""Going back to the source that a film had before."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import auditing
from video_app.api.resumable import replaceable
from video_app.api.uploads import MayUpload
from video_app.ingest import replacing
from video_app.models import State, Video


class FormerSourceSerializer(serializers.Serializer[Any]):
    """The source that one would go back to."""

    filename = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    replaced_at = serializers.DateTimeField(source="created_at")
    until = serializers.DateTimeField(help_text="When it is removed.")


class WentBackSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(State.choices)
    processed = serializers.BooleanField(help_text="Whether it is shown already.")


class GoBackView(APIView):
    """The source that a film had before its newest one."""

    permission_classes = [IsAuthenticated, MayUpload]
    token_scopes = {"GET": ("manage",), "POST": ("manage",)}

    def get(self, request: Request, video_id: int) -> Response:
        source = replacing.former(replaceable(request, video_id))
        if source is None:
            raise Http404
        until = source.created_at + timedelta(hours=settings.REPLACED_HOURS)
        source.until = until  # type: ignore[attr-defined]
        return Response(FormerSourceSerializer(source).data)

    def post(self, request: Request, video_id: int) -> Response:
        """Show it again; the source of now is kept in its turn."""
        video = replaceable(request, video_id)
        if not replacing.go_back(video.pk):
            raise Http404
        auditing.note(request, "video.went_back", "video", video.pk)
        state = Video.objects.values_list("state", flat=True).get(pk=video.pk)
        answer = {"id": video.pk, "state": state, "processed": state == State.COMPLETED}
        return Response(WentBackSerializer(answer).data)
