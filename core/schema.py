"""The OpenAPI schema: canonical paths only, one shape for all errors; its page."""

import re
from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView

from video_app.api import (  # noqa: F401 - say what views do
    arrival_docs,
    browsing_docs,
    docs,
    subtitle_docs,
    watching_docs,
    webhook_docs,
)

# The paths of other clients for what stands under /api/ already.
ALIASES = re.compile(
    r"/users/(?!email-exists/)|/api/(auth|videos)/|/api/passwort_|/api/activate/\{uid\}/$"
    r"|/api/video/\{video_id\}/master/"
)
ERROR = {
    "description": "An error: `detail`, or messages by field.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "additionalProperties": {}},
            "example": {"detail": "Not found."},
        }
    },
}


def canonical_paths(endpoints: list[tuple[Any, ...]], **kwargs: Any) -> list[tuple[Any, ...]]:
    return [endpoint for endpoint in endpoints if not ALIASES.match(endpoint[0])]


def describe_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Every operation may fail in the same way, and says whether it wants a session."""
    for path, operations in result["paths"].items():
        for operation in operations.values():
            operation["responses"] |= dict.fromkeys(_missing(path, operation), ERROR)
            operation.setdefault("security", [])
            first = operation.get("description", "").partition(".")[0].replace("\n", " ")
            operation.setdefault("summary", f"{first}.")
    return result


def _missing(path: str, operation: dict[str, Any]) -> list[str]:
    """The failures that an operation does not describe itself."""
    found = ["default"]
    if operation.get("security"):
        found.append("401")
    if "_id}" in path:
        found.append("404")
    return [status for status in found if status not in operation["responses"]]


# Swagger UI styles its elements in place.
@method_decorator(csp_update({"style-src": ["'self'", "'unsafe-inline'"]}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files."""

    url_name = "schema"
