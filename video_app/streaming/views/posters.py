"""The image that stands for a film in lists."""

from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import NotFound

from video_app.pipeline import layout
from video_app.streaming import build_files, delivery, links
from video_app.streaming.access import require_viewer
from video_app.streaming.answers import stream_view


@stream_view
def thumbnail(request: HttpRequest, video_id: int) -> HttpResponseBase:
    key = require_viewer(request, video_id).film["thumbnail"]
    if not key:
        raise NotFound
    version = links.version(key)
    is_named = request.GET.get("v") == version
    cache_control = layout.IMMUTABLE if is_named else delivery.REVALIDATE
    return build_files.send_picture(request, key, etag=version, cache_control=cache_control)
