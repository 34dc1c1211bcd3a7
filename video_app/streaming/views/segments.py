"""Segments of renditions, sound and subtitles, and the storyboard's sheets."""

from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import NotFound

from video_app.pipeline import ladder, layout
from video_app.streaming import damage
from video_app.streaming.access import require_build
from video_app.streaming.answers import stream_view
from video_app.streaming.build_files import segment_key, send_segment


@stream_view
def segment(request: HttpRequest, video_id: int, resolution: str, number: int) -> HttpResponseBase:
    build = require_build(request, video_id)
    if number >= build["ready"]:
        raise NotFound
    rung = ladder.nearest(resolution, tuple(build["rungs"]))
    with damage.reported(build, number):
        return send_segment(request, build, segment_key(build, rung, number))


@stream_view
def sound_segment(request: HttpRequest, video_id: int, track: int, number: int) -> HttpResponseBase:
    build = require_build(request, video_id)
    if track >= build["tracks"] or number >= build["ready"]:
        raise NotFound
    name = layout.track_name(track)
    with damage.reported(build, number):
        return send_segment(request, build, segment_key(build, name, number))


@stream_view
def subtitle_segment(
    request: HttpRequest, video_id: int, track: int, number: int
) -> HttpResponseBase:
    build = require_build(request, video_id)
    if track >= build["subtitles"]:
        raise NotFound
    return send_segment(request, build, layout.subtitle_key(build["prefix"], track, number))


@stream_view
def sheet(request: HttpRequest, video_id: int, number: int) -> HttpResponseBase:
    build = require_build(request, video_id)
    if number >= build["sheets"]:
        raise NotFound
    return send_segment(request, build, layout.storyboard_key(build["prefix"], number))
