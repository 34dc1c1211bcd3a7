"""Segments of renditions, sound and subtitles, and the storyboard's sheets."""

from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import NotFound

from video_app.pipeline import ladder, layout
from video_app.streaming.access import require_stream
from video_app.streaming.answers import stream_view
from video_app.streaming.build_files import send_segment


@stream_view
def segment(request: HttpRequest, video_id: int, resolution: str, number: int) -> HttpResponseBase:
    stream = require_stream(request, video_id)
    if number >= stream["ready"]:
        raise NotFound
    rung = ladder.nearest(resolution, tuple(stream["rungs"]))
    return send_segment(request, stream, layout.segment_key(stream["prefix"], rung, number))


@stream_view
def sound_segment(request: HttpRequest, video_id: int, track: int, number: int) -> HttpResponseBase:
    stream = require_stream(request, video_id)
    if track >= stream["tracks"] or number >= stream["ready"]:
        raise NotFound
    name = layout.track_name(track)
    return send_segment(request, stream, layout.segment_key(stream["prefix"], name, number))


@stream_view
def subtitle_segment(
    request: HttpRequest, video_id: int, track: int, number: int
) -> HttpResponseBase:
    stream = require_stream(request, video_id)
    if track >= stream["subtitles"]:
        raise NotFound
    return send_segment(request, stream, layout.subtitle_key(stream["prefix"], track, number))


@stream_view
def sheet(request: HttpRequest, video_id: int, number: int) -> HttpResponseBase:
    stream = require_stream(request, video_id)
    if number >= stream["sheets"]:
        raise NotFound
    return send_segment(request, stream, layout.storyboard_key(stream["prefix"], number))
