"""What surrounds every stream view: reading only, and errors as the API words them.

These views are plain Django views: no database and one round trip to the cache when warm,
which REST framework's dispatch would double.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException, MethodNotAllowed, NotFound
from rest_framework.request import Request
from rest_framework.settings import api_settings

from video_app.models import Build, Subtitle
from video_app.streaming import access, delivery
from video_app.streaming.conditions import POLICY

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]


class UnavailableError(APIException):
    status_code = 503
    default_detail = "Please try again in a moment."
    wait = 5  # seconds; becomes `Retry-After`


def stream_view(view: View) -> View:
    """A view that can only be read and whose errors are JSON. It checks rights itself."""

    @wraps(view)
    def answer(request: HttpRequest, **named: Any) -> HttpResponseBase:
        if right := named.pop("right", ""):
            request.META[access.RIGHT] = right
        try:
            if request.method not in ("GET", "HEAD"):
                raise MethodNotAllowed(str(request.method))
            return view(request, **named)
        except (APIException, DatabaseError, Http404, PermissionDenied) as error:
            return _error(request, error)
        except (FileNotFoundError, Build.DoesNotExist, Subtitle.DoesNotExist):
            return _error(request, NotFound())
        except OSError as error:
            logger.warning("file_unreadable", extra={"reason": str(error)})
            return _error(request, UnavailableError())

    # Other methods are told so; a CSRF check would answer before that.
    return csrf_exempt(answer)


def _error(request: HttpRequest, error: Exception) -> JsonResponse:
    """What REST framework would have answered."""
    handle: Any = api_settings.EXCEPTION_HANDLER
    answer = handle(error, {"request": _api_request(request)})
    if answer is None:
        raise error
    response = JsonResponse(answer.data, status=answer.status_code)
    response["Cache-Control"] = delivery.NO_STORE
    response["Content-Security-Policy"] = POLICY
    response["Content-Length"] = str(len(response.content))
    if "Retry-After" in answer:
        response["Retry-After"] = answer["Retry-After"]
    if answer.status_code == 401:
        response["WWW-Authenticate"] = access.authentication.authenticate_header(request)
    if answer.status_code == 405:
        response["Allow"] = "GET, HEAD"
    return response


def _api_request(request: HttpRequest) -> Request:
    """For the handler, which logs who was refused."""
    wrapped = Request(request)
    user: Any = getattr(request, "user", None)
    if user is not None:
        wrapped.user = user
    return wrapped
