"""Noting who did what, in the log that the accounts keep."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from rest_framework.request import Request


def note(request: Request, action: str, subject: str, subject_id: object, **details: Any) -> None:
    """Who asks has done this; `details` hold no secret and nobody's address."""
    record = import_string(settings.AUDIT)
    record(action, request.user.pk, subject, subject_id, request=request._request, **details)
