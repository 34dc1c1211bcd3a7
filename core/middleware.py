"""Middleware of the whole site."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core import logs

Handler = Callable[[HttpRequest], HttpResponse]
API_PREFIXES = ("/api/", "/users/", "/content", "/health")
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
