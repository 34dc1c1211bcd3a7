"""Requests that are refused before a view sees them."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError

from auth_app.limits import client_address
from core import origins
from core.middleware.requests import API_PREFIXES, Handler
from video_app.ingest import room

logger = logging.getLogger(__name__)

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
FOREIGN = (
    "Pages of {origin} may not do that here. Whoever runs this site lists them in "
    "CORS_ALLOWED_ORIGINS."
)
ADMIN_PREFIX = "/admin/"
OPERATORS = (ADMIN_PREFIX, "/django-rq/")


def origin_guard(get_response: Handler) -> Handler:
    """Refuse what a page of a foreign origin makes a browser do, signed in or not.

    Stands in for a CSRF token, which the API's clients do not send.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        is_guarded = request.method not in SAFE_METHODS and request.path.startswith(API_PREFIXES)
        if is_guarded and not origins.is_trusted(request):
            about = {"origin": request.headers.get("Origin", ""), "path": request.path}
            logger.warning("origin_refused", extra=about | {"ip": client_address(request)})
            return JsonResponse({"detail": FOREIGN.format(**about)}, status=403)
        return get_response(request)

    return middleware


def no_null_bytes(get_response: Handler) -> Handler:
    """Refuse questions to the admin that PostgreSQL cannot hold: Django passes them on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query and request.path.startswith(OPERATORS):
            return HttpResponse("Null bytes are not allowed.", status=400)
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
