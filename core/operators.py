"""Who may look behind the product: queues, workers and figures."""

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from auth_app.permissions import may_see_operations

QUEUE_PAGES = "django_rq"


def has_token(request: HttpRequest) -> bool:
    """Whether a monitor sends the bearer token RQ_API_TOKEN; without one nobody does."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    token = settings.RQ_API_TOKEN
    return bool(token) and secrets.compare_digest(given.encode(), token.encode())


class QueuePagesGuard:
    """django-rq asks for staff only, at `/django-rq/` and in the admin.

    Who is not signed in goes on to its views, which lead to the login page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if view.__module__.partition(".")[0] != QUEUE_PAGES or not request.user.is_authenticated:
            return
        if not may_see_operations(request.user) and not has_token(request):
            raise PermissionDenied
