"""The image that stands for a film in lists."""

from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import NotFound

from video_app.pipeline import layout
from video_app.streaming import build_files, delivery, links, pictures
from video_app.streaming.access import require_viewer
from video_app.streaming.answers import stream_view
from video_app.streaming.pictures import PosterName


@stream_view
def thumbnail(request: HttpRequest, video_id: int) -> HttpResponseBase:
    key = _picture(request, video_id)
    return _send(request, key, links.version(key))


@stream_view
def poster(request: HttpRequest, video_id: int, name: PosterName) -> HttpResponseBase:
    """The same in one of the sizes and formats that pages show."""
    key = _picture(request, video_id)
    return _send(request, pictures.sized(key, name.width, name.suffix), links.version(key))


def _picture(request: HttpRequest, video_id: int) -> str:
    key = require_viewer(request, video_id).film["thumbnail"]
    if not key:
        raise NotFound
    return key


def _send(request: HttpRequest, key: str, version: str) -> HttpResponseBase:
    is_named = request.GET.get("v") == version
    cache_control = layout.IMMUTABLE if is_named else delivery.REVALIDATE
    return build_files.send_picture(request, key, etag=version, cache_control=cache_control)
