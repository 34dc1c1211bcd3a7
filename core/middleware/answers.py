"""What answers carry besides their content."""

from csp.constants import HEADER as POLICY_HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from core.middleware.requests import Handler

NO_DEVICES = "camera=(), microphone=(), geolocation=()"
JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"


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
