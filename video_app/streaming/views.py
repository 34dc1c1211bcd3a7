"""Playlists, segments, posters and files: what players ask for all day.

No database and one round trip to the cache when warm, so these views leave out most
of REST framework: a token checked by its signature, then a look into the cache.
"""

import logging
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.utils.module_loading import import_string
from rest_framework.exceptions import APIException, MethodNotAllowed, NotAuthenticated, NotFound
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from video_app.models import Build
from video_app.pipeline import ladder, layout
from video_app.store import bucket
from video_app.streaming import delivery, film_cache, links, playlists, watching
from video_app.streaming.film_cache import Film, Stream

logger = logging.getLogger(__name__)
authentication = import_string(settings.STREAM_AUTHENTICATION)()


class Unavailable(APIException):
    status_code = 503
    default_detail = "Please try again in a moment."


class StreamView(APIView):
    """An `APIView` in the eyes of the schema only; requests stay Django's own."""

    authentication_classes = [type(authentication)]
    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method not in ("GET", "HEAD"):
                raise MethodNotAllowed(str(request.method))
            return self.get(request, *args, **kwargs)
        except (FileNotFoundError, Build.DoesNotExist):
            return _error(request, NotFound())
        except bucket.BucketError as error:
            logger.warning("no link into the bucket: %s", error)
            return _error(request, Unavailable())
        except (APIException, DatabaseError) as error:
            return _error(request, error)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise NotImplementedError


class MasterView(StreamView):
    base = ""

    def get(self, request: HttpRequest, video_id: int) -> HttpResponseBase:
        return _playlist(request, video_id, playlists.MASTER, self.base)


class RenditionView(StreamView):
    def get(self, request: HttpRequest, video_id: int, resolution: str) -> HttpResponseBase:
        return _playlist(request, video_id, playlists.MEDIA, resolution)


class IFramesView(StreamView):
    def get(self, request: HttpRequest, video_id: int, resolution: str) -> HttpResponseBase:
        return _playlist(
            request, video_id, playlists.IFRAMES, resolution, is_there=itemgetter("complete")
        )


class SegmentView(StreamView):
    def get(
        self, request: HttpRequest, video_id: int, resolution: str, number: int
    ) -> HttpResponseBase:
        stream = _watched(request, video_id)
        if number >= stream["ready"]:
            raise NotFound
        rung = ladder.nearest(resolution, tuple(stream["rungs"]))
        return _part(request, stream, layout.segment_key(stream["prefix"], rung, number))


class TrackView(StreamView):
    def get(self, request: HttpRequest, video_id: int, track: int) -> HttpResponseBase:
        return _playlist(
            request,
            video_id,
            playlists.MEDIA,
            layout.track_name(track),
            is_there=lambda stream: track < stream["tracks"],
        )


class TrackSegmentView(StreamView):
    def get(self, request: HttpRequest, video_id: int, track: int, number: int) -> HttpResponseBase:
        stream = _watched(request, video_id)
        if track >= stream["tracks"] or number >= stream["ready"]:
            raise NotFound
        name = layout.track_name(track)
        return _part(request, stream, layout.segment_key(stream["prefix"], name, number))


class SubtitlesView(StreamView):
    def get(self, request: HttpRequest, video_id: int, track: int) -> HttpResponseBase:
        return _playlist(
            request,
            video_id,
            playlists.SUBTITLES,
            layout.subtitles_name(track),
            is_there=lambda stream: track < stream["subtitles"],
        )


class SubtitleSegmentView(StreamView):
    def get(self, request: HttpRequest, video_id: int, track: int, number: int) -> HttpResponseBase:
        stream = _watched(request, video_id)
        if track >= stream["subtitles"]:
            raise NotFound
        return _part(request, stream, layout.subtitle_key(stream["prefix"], track, number))


class StoryboardView(StreamView):
    def get(self, request: HttpRequest, video_id: int) -> HttpResponseBase:
        return _playlist(
            request, video_id, playlists.STORYBOARD, is_there=lambda stream: stream["sheets"] > 0
        )


class SheetView(StreamView):
    def get(self, request: HttpRequest, video_id: int, number: int) -> HttpResponseBase:
        stream = _watched(request, video_id)
        if number >= stream["sheets"]:
            raise NotFound
        return _part(request, stream, layout.storyboard_key(stream["prefix"], number))


class ThumbnailView(StreamView):
    def get(self, request: HttpRequest, video_id: int) -> HttpResponseBase:
        film, _ = _film(request, video_id)
        if not film["picture"]:
            raise NotFound
        version = links.version(film["picture"])
        named = request.GET.get("v") == version
        return delivery.send_file(
            request,
            film["picture"],
            etag=version,
            cache_control=layout.IMMUTABLE if named else delivery.REVALIDATE,
        )


class FileView(StreamView):
    """The progressive MP4. The signature in the URL is the right; no cookie comes along."""

    authentication_classes = []

    def get(self, request: HttpRequest, video_id: int, resolution: str) -> HttpResponseBase:
        build = _signed_build(request, video_id, resolution)
        film = cache.get(film_cache.key(video_id)) or film_cache.load(video_id)
        stream = film and film["public"] and film["streams"].get(build)
        if not stream or resolution not in stream["progressive"]:
            raise NotFound
        return _send(
            request,
            stream,
            layout.progressive_key(stream["prefix"], resolution),
            etag=f"{build}-{resolution}",
            cache_control=layout.IMMUTABLE,
        )


class FileUrlView(StreamView):
    """Where a film's progressive MP4 lies, for players without HLS."""

    def get(self, request: HttpRequest, video_id: int) -> HttpResponseBase:
        film, _ = _film(request, video_id)
        quality = request.GET.get("quality", "720p")
        # Who opens the link shows no session, so staff get none that others would not.
        stream = film["streams"].get(str(film["current"])) if film["public"] else None
        if quality not in ladder.NAMES:
            raise NotFound(f"There is no quality of that name; choose from {_choices()}.")
        if not stream or not stream["progressive"]:
            raise NotFound("The file of this film is not ready yet.")
        rung = ladder.nearest(quality, tuple(stream["progressive"]))
        if stream["stored"]:
            url = bucket.url(layout.progressive_key(stream["prefix"], rung))
        else:
            url = links.file_url(request, video_id, rung, stream["build"])
        return JsonResponse({"url": url}, headers={"Cache-Control": delivery.NO_STORE})


def _choices() -> str:
    return ", ".join(ladder.NAMES)


def _film(request: HttpRequest, video_id: int, *keys: str) -> tuple[Film, dict[str, Any]]:
    """The film, if this request may see it, and what lies in the cache under `keys`."""
    found = authentication.authenticate(request)
    if found is None:
        raise NotAuthenticated
    _, stream_pass = found
    film_key = film_cache.key(video_id)
    cached = cache.get_many([stream_pass.cache_key, film_key, *keys])
    rights = stream_pass.rights(cached.get(stream_pass.cache_key))
    if not rights.is_live:
        raise NotAuthenticated
    film = cached.get(film_key) or film_cache.load(video_id)
    if film is None or not (film["public"] or rights.is_staff):
        raise NotFound
    return film, cached


def _watched(request: HttpRequest, video_id: int) -> Stream:
    return _stream(request, _film(request, video_id)[0])


def _stream(request: HttpRequest, film: Film) -> Stream:
    """The build that the URL names, else the current one."""
    stream = film["streams"].get(request.GET.get("b") or str(film["current"]))
    if stream is None:
        raise NotFound
    return stream


def _part(request: HttpRequest, stream: Stream, key: str) -> HttpResponseBase:
    """A file of a build; `key` names the build, so it is a validator as well."""
    return _send(
        request,
        stream,
        key,
        etag=key.removeprefix("hls/").replace("/", "-"),
        # Without a build in the URL, tomorrow's answer may be another film.
        cache_control=layout.IMMUTABLE if "b" in request.GET else delivery.REVALIDATE,
    )


def _send(request: HttpRequest, stream: Stream, key: str, **options: str) -> HttpResponseBase:
    """From here, or from the bucket once the local copy is gone."""
    if stream["stored"] and not default_storage.exists(key):
        return HttpResponseRedirect(bucket.url(key), headers={"Cache-Control": delivery.NO_STORE})
    return delivery.send_file(request, key, **options)


def _playlist(
    request: HttpRequest,
    video_id: int,
    kind: str,
    folder: str = "",
    *,
    is_there: Callable[[Stream], bool] = lambda stream: True,
) -> HttpResponseBase:
    """A text about the build, if it has what the text is about; see `playlists.fresh`.

    A `folder` that is the name of a rung stands for the nearest one that there is.
    """
    key = playlists.key(video_id, request.GET.get("b", "")[:20], kind, folder)
    noted = watching.noted_key(video_id)
    film, cached = _film(request, video_id, key, noted)
    stream = _stream(request, film)
    if not is_there(stream):
        raise NotFound
    if not (stream["complete"] or stream["abandoned"] or noted in cached):
        watching.note(video_id)
    if folder in ladder.NAMES:
        folder = ladder.nearest(folder, tuple(stream["rungs"]))
    text = playlists.fresh(cached.get(key), key, stream, kind, folder)
    return delivery.send_text(
        request,
        text["text"],
        content_type=playlists.TYPES[kind],
        etag=text["tag"],
        cache_control=delivery.REVALIDATE if stream["complete"] else delivery.NO_STORE,
    )


def _signed_build(request: HttpRequest, video_id: int, resolution: str) -> str:
    try:
        return links.signed_build(request.GET.get("token", ""), video_id, resolution)
    except signing.BadSignature as error:
        raise NotAuthenticated("This link is not valid or has expired.") from error


def _error(request: HttpRequest, error: Exception) -> JsonResponse:
    """What REST framework would have answered."""
    answer = api_settings.EXCEPTION_HANDLER(error, {})
    if answer is None:
        raise error
    response = JsonResponse(answer.data, status=answer.status_code)
    response["Cache-Control"] = delivery.NO_STORE
    response["Content-Security-Policy"] = delivery.POLICY
    response["Content-Length"] = str(len(response.content))
    if "Retry-After" in answer:
        response["Retry-After"] = answer["Retry-After"]
    if answer.status_code == 401:
        response["WWW-Authenticate"] = authentication.authenticate_header(request)
    if answer.status_code == 405:
        response["Allow"] = "GET, HEAD"
    return response
