"""Middleware of the whole site."""

import logging
import re
import uuid
from collections.abc import Callable

from csp.constants import HEADER as POLICY_HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from auth_app.limits import client_address
from core import logs, origins
from video_app.ingest import room

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]
ADMIN_PREFIX = "/admin/"
PLAY_LINK_PREFIX = "/api/play/"
API_PREFIXES = ("/api/", "/users/", "/content", "/health")
STREAM_PREFIXES = ("/api/video/", "/api/videos/", "/api/play/")
STREAM_SUFFIXES = (".ts", ".m3u8")
# Players of any page may read what a play link opens. `*` would not do for old televisions.
OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "content-length, content-range, etag, retry-after, "
    "x-request-id",
    "Referrer-Policy": "no-referrer",
}
OPEN_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "accept, accept-encoding, cache-control, content-type, "
    "if-none-match, origin, range, x-requested-with, "
    "cmcd-object, cmcd-request, cmcd-session, cmcd-status",
    "Access-Control-Max-Age": "86400",
}
NO_DEVICES = "camera=(), microphone=(), geolocation=()"
JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
REQUEST_ID = re.compile(r"[\w-]{1,64}")


def request_id(get_response: Handler) -> Handler:
    """Give each request an id (the proxy's, when it sends a sane one) and echo it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        value = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(value)
        try:
            response = get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = value
        return response

    return middleware


def open_play_links(get_response: Handler) -> Handler:
    """Let pages of every origin read what play links open, errors and redirects included.

    The right stands in the address and no cookie counts, so none is asked for.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PLAY_LINK_PREFIX):
            return get_response(request)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=OPEN_HEADERS | OPEN_PREFLIGHT)
        response = get_response(request)
        for name, value in OPEN_HEADERS.items():
            response.headers[name] = value
        response.headers.pop("Access-Control-Allow-Credentials", None)
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


class PagePolicy(CSPMiddleware):
    """django-csp, but not for answers that bring their policy: composing one takes long."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if POLICY_HEADER in response:
            return response
        return super().process_response(request, response)


def response_headers(get_response: Handler) -> Handler:
    """What browsers may do with an answer; JSON is data, and nobody's page or picture."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", NO_DEVICES)
        if response.headers.get("Content-Type", "").startswith("application/json"):
            response.headers["Content-Security-Policy"] = JSON_POLICY
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
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


def origin_guard(get_response: Handler) -> Handler:
    """Refuse what a page of a foreign origin makes a browser do, signed in or not.

    Stands in for a CSRF token, which the API's clients do not send.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        is_guarded = request.method not in SAFE_METHODS and request.path.startswith(API_PREFIXES)
        if is_guarded and not origins.is_trusted(request):
            about = {"origin": request.headers.get("Origin", ""), "path": request.path}
            logger.warning("origin_refused", extra=about | {"ip": client_address(request)})
            return JsonResponse({"detail": "This origin may not do that."}, status=403)
        return get_response(request)

    return middleware


def bounded_body(get_response: Handler) -> Handler:
    """Turn big bodies away unread, except where films are uploaded.

    The CSRF check of an admin form would spool a stranger's upload to the disk before
    anybody asks who that is.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if _size(request) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return get_response(request)
        if not _may_be_big(request):
            return JsonResponse({"detail": "The request is too large."}, status=413)
        if request.path.startswith(ADMIN_PREFIX) and (refusal := _spool(request)):
            about = {"status": refusal.status, "content_type": "text/plain; charset=utf-8"}
            return HttpResponse(refusal.detail, **about)
        return get_response(request)

    return middleware


def _spool(request: HttpRequest) -> room.Refusal | None:
    """Read a form of the admin if there is room for it; why it could not be stored, or None.

    Read here, where a full disk can be told in words: the CSRF check is the next to read it.
    """
    if refusal := room.refusal(_size(request)):
        return refusal
    try:
        request.POST  # noqa: B018 - reading it is what spools the files
    except UnreadablePostError:
        return None  # the sender broke off; the CSRF check answers that
    except OSError as error:
        if refusal := room.refusal_of(error):
            return refusal
        raise
    return None


def _size(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def _may_be_big(request: HttpRequest) -> bool:
    """Uploading views authenticate before they read; in the admin the form's own rights count."""
    if request.path.startswith(ADMIN_PREFIX):
        user = request.user
        may = any(user.has_perm(f"video_app.{verb}_video") for verb in ("add", "change"))
        return user.is_active and user.is_staff and may
    return request.path.startswith(settings.UPLOAD_PREFIXES)
