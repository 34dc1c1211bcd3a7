"""The naive way, to compare with: look the video up, stream its file in 8 kB pieces."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework.request import Request
from rest_framework.views import APIView

from core import urls
from video_app.models import Video
from video_app.pipeline import layout


class PlainSegmentView(APIView):
    def get(self, request: Request, video_id: int, number: int) -> StreamingHttpResponse:
        video = get_object_or_404(Video.objects.playable(), pk=video_id)
        prefix = layout.build_prefix(video.pk, video.current_build_id or 0)
        file = Path(settings.MEDIA_ROOT) / layout.segment_key(prefix, "720p", number)
        return StreamingHttpResponse(_pieces(file), content_type="video/MP2T")


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(8192):
            yield piece


urlpatterns = [
    path("api/plain/<int:video_id>/<int:number>/", PlainSegmentView.as_view()),
    *urls.urlpatterns,
]
handler404 = urls.handler404
handler500 = urls.handler500
