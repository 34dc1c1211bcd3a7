"""What becomes of a request before a view sees it."""

import logging
import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from core import logs

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]
API_PREFIXES = ("/api/", "/users/", "/content", "/health")
PLAY_LINK_PREFIX = "/api/play/"
STREAM_PREFIXES = ("/api/video/", "/api/videos/", PLAY_LINK_PREFIX)
STREAM_SUFFIXES = (".ts", ".m3u8")
REQUEST_ID = re.compile(r"[\w-]{1,64}")


def request_id(get_response: Handler) -> Handler:
    """Give each request an id (the proxy's, when it sends a sane one) and echo it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        value = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = value  # for viewings, which name their last one
        token = logs.request_id.set(value)
        try:
            response = get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = value
        return response

    return middleware


def bypass_for_streams(get_response: Handler) -> Handler:
    """Segments and playlists leave out sessions, messages and the long table of paths.

    None of that means anything to them, and it is a third of their price.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info.rstrip("/")
        if not path.endswith(STREAM_SUFFIXES) or not path.startswith(STREAM_PREFIXES):
            return get_response(request)
        try:
            found = resolve(path.removeprefix("/api") + "/", "video_app.api.urls")
        except Resolver404:
            return get_response(request)
        response: HttpResponse = found.func(request, **found.kwargs)
        return response

    return middleware


def optional_slash(get_response: Handler) -> Handler:
    """Make the API's trailing slash optional without a redirect.

    A redirect would double every segment request and drop a POST's body, so the
    path is completed before it is routed; every API route ends in a slash.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith(API_PREFIXES) and not path.endswith("/"):
            request.path_info = path + "/"
        return get_response(request)

    return middleware
