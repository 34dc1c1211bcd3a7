"""Segments of renditions, sound and subtitles, and the storyboard's sheets."""

from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import NotFound

from video_app.insight import starts
from video_app.insight.segments import note as note_segment
from video_app.pipeline import ladder, layout
from video_app.streaming import damage, delivery, film_cache, playlist_delivery, tracks, watching
from video_app.streaming.access import (
    Viewing,
    is_linked,
    named_build,
    require_build,
    require_viewer,
)
from video_app.streaming.answers import stream_view
from video_app.streaming.build_files import segment_key, send_segment
from video_app.streaming.film_cache import PlayableBuild

REDIRECTED = 302


@stream_view
def segment(request: HttpRequest, video_id: int, resolution: str, number: int) -> HttpResponseBase:
    viewing = require_viewer(request, video_id, watching.noted_key(video_id))
    build = named_build(request, viewing.film)
    asked = ladder.nearest(resolution, tuple(build["rungs"]))
    rung = _there(build, asked, number)
    if film_cache.is_growing(build):
        _note(viewing, video_id, number)
    with damage.reported(build, number):
        response = send_segment(request, build, segment_key(build, rung, number))
    if rung != asked:
        response["Cache-Control"] = delivery.NO_STORE
    total, length = build["total"], build["length"]
    if response.status_code == REDIRECTED and not is_linked(request):
        # Such a player has its other addresses from the playlist, and is not seen again.
        starts.note(request, viewing.viewer, video_id, total * length)
    else:
        note_segment(request, viewing.viewer, video_id, number, (total, length))
    return response


def _there(build: PlayableBuild, asked: str, number: int) -> str:
    """The rung whose segment is sent: another one where playlists let it stand in."""
    if number < build["ready"].get(asked, 0):
        return asked
    rung, segments = film_cache.stand_in(build, asked)
    if number >= segments:
        raise NotFound
    return rung


def _note(viewing: Viewing, video_id: int, number: int) -> None:
    """How far this viewer has come."""
    noted = viewing.cached.get(watching.noted_key(video_id))
    if noted is None or number > noted:
        watching.note(video_id, number)


@stream_view
def sound_segment(request: HttpRequest, video_id: int, track: int, number: int) -> HttpResponseBase:
    build = require_build(request, video_id)
    name = layout.track_name(track)
    if number >= build["ready"].get(name, 0):
        raise NotFound
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
def added_text_segment(
    request: HttpRequest, video_id: int, subtitle_id: int, number: int
) -> HttpResponseBase:
    build = require_build(request, video_id)
    try:
        text = tracks.segment(video_id, subtitle_id, number, build)
    except IndexError as error:
        raise NotFound from error
    is_named = "b" in request.GET and request.GET.get("s") == str(build["tracks_revision"])
    return playlist_delivery.send_text(
        request,
        text,
        content_type=layout.TYPES[".vtt"],
        etag=f"{subtitle_id}-{build['id']}-{build['tracks_revision']}-{number}",
        cache_control=layout.IMMUTABLE if is_named else delivery.REVALIDATE,
    )


@stream_view
def sheet(request: HttpRequest, video_id: int, number: int) -> HttpResponseBase:
    build = require_build(request, video_id)
    if number >= build["sheets"]:
        raise NotFound
    return send_segment(request, build, layout.storyboard_key(build["prefix"], number))
