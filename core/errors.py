"""The one shape of an error: `{"detail": …}` or `{field: […]}`, always JSON."""

import logging
import math
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from rest_framework.exceptions import (
    AuthenticationFailed,
    ErrorDetail,
    NotFound,
    PermissionDenied,
    Throttled,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from auth_app.authentication import CHALLENGE
from auth_app.limits import client_address
from core.logs import request_id

logger = logging.getLogger(__name__)

_SECONDS = ngettext_lazy("in %(count)s second", "in %(count)s seconds", "count")
_MINUTES = ngettext_lazy("in %(count)s minute", "in %(count)s minutes", "count")
_HOURS = ngettext_lazy("in %(count)s hour", "in %(count)s hours", "count")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's handler, with no message twice: clients show every one of them."""
    if isinstance(error, (OperationalError, InterfaceError)):
        logger.error("database_unavailable", exc_info=error)
        return Response(
            {"detail": _("Please try again in a moment.")}, 503, headers={"Retry-After": "5"}
        )
    if isinstance(error, (IntegrityError, ObjectDoesNotExist)) and _has_left(context["request"]):
        error = AuthenticationFailed(_("This account has been deleted."))
        error.auth_header = CHALLENGE  # type: ignore[attr-defined]  # as REST framework does
    if isinstance(error, PermissionDenied):
        _log_denial(context["request"])
    if isinstance(error, Throttled):
        error.detail = ErrorDetail(_until(math.ceil(getattr(error, "wait", 0) or 0)))
    # Django's names the model that nothing was found of.
    response = drf_exception_handler(NotFound() if isinstance(error, Http404) else error, context)
    if response is not None:
        response.data = _distinct(response.data, set())
    return response


def _has_left(request: Request) -> bool:
    """Whether the account went while the request was on its way: nothing can be kept for it."""
    user = request.user
    return user.is_authenticated and not get_user_model().objects.filter(pk=user.pk).exists()


def _until(seconds: int) -> str:
    """When to try again, never sooner than allowed."""
    return _("That was too often. Please try again %(when)s.") % {"when": _in_words(seconds)}


def _in_words(seconds: int) -> str:
    for forms, size in ((_SECONDS, 1), (_MINUTES, 60), (_HOURS, 3600)):
        if 0 < (count := math.ceil(seconds / size)) <= 90:
            return forms % {"count": count}
    return _("in a moment") if seconds <= 0 else _("in a few days")


def _log_denial(request: Request) -> None:
    about = {"user_id": request.user.pk, "ip": client_address(request._request)}
    logger.warning("permission_denied", extra=about | {"path": request.path})


def _distinct(value: Any, seen: set[str]) -> Any:
    """The same body without what was said before, and without what that leaves empty."""
    if isinstance(value, dict):
        kept = {key: _distinct(item, seen) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item}
    if isinstance(value, list):
        return [item for item in (_distinct(each, seen) for each in value) if item]
    if value in seen:
        return None
    seen.add(value)
    return value


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse({"detail": "Bad request."}, status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse({"detail": "You may not do this."}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse({"detail": "Not found."}, status=404)


def server_error(request: HttpRequest) -> JsonResponse:
    detail = f"Something went wrong on our side (request {request_id.get()})."
    return JsonResponse({"detail": detail}, status=500)
