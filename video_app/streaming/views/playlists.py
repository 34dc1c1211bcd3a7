"""Playlists: the master, one per rendition and track, trick play, the storyboard's index."""

from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import NotFound

from video_app.insight import starts
from video_app.pipeline import layout
from video_app.streaming import (
    delivery,
    film_cache,
    playlist_delivery,
    playlists,
    rendering,
    tracks,
    watching,
)
from video_app.streaming.access import Viewing, is_linked, named_build, require_viewer
from video_app.streaming.answers import stream_view
from video_app.streaming.film_cache import PlayableBuild
from video_app.streaming.playlists import Playlist, Wanted


@stream_view
def master(request: HttpRequest, video_id: int, base: str = "") -> HttpResponseBase:
    """`base` is what the URIs in it begin with. With `rungs=all` a growing film's names all of
    its rungs, for players that look what is there of each."""
    names_all = request.GET.get("rungs") == "all"
    kind = rendering.WHOLE_MASTER if names_all else rendering.MASTER
    wanted = _wanted(request, video_id, kind, base)
    viewing = require_viewer(request, video_id, *wanted.keys)
    return _send(request, wanted, viewing, named_build(request, viewing.film))


@stream_view
def rendition(request: HttpRequest, video_id: int, resolution: str) -> HttpResponseBase:
    """With `own=1` of that rendition alone, as soon as it has a segment; else a growing film's
    begins with another's until there is enough of it."""
    kind = rendering.OWN if request.GET.get("own") == "1" else rendering.MEDIA
    wanted = _wanted(request, video_id, kind, resolution)
    viewing = require_viewer(request, video_id, *wanted.keys)
    build = named_build(request, viewing.film)
    text = _text(wanted, viewing, build)
    if text["has_links"]:
        starts.note(request, viewing.viewer, video_id, build["total"] * build["length"])
    return _answer(request, wanted, build, text)


@stream_view
def iframes(request: HttpRequest, video_id: int, resolution: str) -> HttpResponseBase:
    wanted = _wanted(request, video_id, rendering.IFRAMES, resolution)
    viewing = require_viewer(request, video_id, *wanted.keys)
    build = named_build(request, viewing.film)
    if not build["complete"]:
        raise NotFound
    return _send(request, wanted, viewing, build)


@stream_view
def sound(request: HttpRequest, video_id: int, track: int) -> HttpResponseBase:
    wanted = _wanted(request, video_id, rendering.MEDIA, layout.track_name(track))
    viewing = require_viewer(request, video_id, *wanted.keys)
    build = named_build(request, viewing.film)
    if track >= build["tracks"]:
        raise NotFound
    return _send(request, wanted, viewing, build)


@stream_view
def subtitles(request: HttpRequest, video_id: int, track: int) -> HttpResponseBase:
    wanted = _wanted(request, video_id, rendering.SUBTITLES, layout.subtitles_name(track))
    viewing = require_viewer(request, video_id, *wanted.keys)
    build = named_build(request, viewing.film)
    if track >= build["subtitles"]:
        raise NotFound
    return _send(request, wanted, viewing, build)


@stream_view
def added_text(request: HttpRequest, video_id: int, subtitle_id: int) -> HttpResponseBase:
    """A subtitle track that people added; it is there before the film is whole."""
    wanted = _wanted(request, video_id, rendering.ADDED_TEXT, f"text-{subtitle_id}")
    viewing = require_viewer(request, video_id, *wanted.keys)
    build = named_build(request, viewing.film)
    tracks.segment(video_id, subtitle_id, 0, build)  # which says whether there is such a track
    return _send(request, wanted, viewing, build)


@stream_view
def storyboard(request: HttpRequest, video_id: int) -> HttpResponseBase:
    wanted = _wanted(request, video_id, rendering.STORYBOARD, "")
    viewing = require_viewer(request, video_id, *wanted.keys)
    build = named_build(request, viewing.film)
    if not build["sheets"]:
        raise NotFound
    return _send(request, wanted, viewing, build)


def _wanted(request: HttpRequest, video_id: int, kind: str, folder: str) -> Wanted:
    return Wanted(video_id, request.GET.get("b", "")[:20], kind, folder, is_linked(request))


def _send(
    request: HttpRequest, wanted: Wanted, viewing: Viewing, build: PlayableBuild
) -> HttpResponseBase:
    return _answer(request, wanted, build, _text(wanted, viewing, build))


def _text(wanted: Wanted, viewing: Viewing, build: PlayableBuild) -> Playlist:
    if film_cache.is_growing(build) and wanted.noted_key not in viewing.cached:
        watching.note(wanted.video_id)
    if wanted.is_linked:
        # Addresses in the bucket would outlive the link: it redirects, segment by segment.
        build = build | {"stored": False}
    return playlists.fresh(viewing.cached.get(wanted.key), wanted, build)


def _answer(
    request: HttpRequest, wanted: Wanted, build: PlayableBuild, text: Playlist
) -> HttpResponseBase:
    return playlist_delivery.send_text(
        request,
        text["text"],
        content_type=rendering.TYPES[wanted.kind],
        etag=text["tag"],
        cache_control=delivery.REVALIDATE if build["complete"] else delivery.NO_STORE,
    )
