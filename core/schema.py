"""The OpenAPI schema: canonical paths only, one shape for all errors; its page."""

import re
from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView

from video_app.api import arrival_docs, browsing_docs, docs  # noqa: F401 - say what views do

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
    """Every operation may fail in the same way."""
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = ERROR
    return result


# Swagger UI styles its elements in place.
@method_decorator(csp_update({"style-src": ["'self'", "'unsafe-inline'"]}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files."""

    url_name = "schema"
