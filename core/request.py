"""Requests as gunicorn hands them over, whatever their Content-Type says."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """Reads queries and forms as UTF-8, as every browser sends them.

    Django would obey the header's charset while it makes the request, outside of all
    middleware: `charset=hex` becomes a 500 there, without CORS, without an id.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        given = meta.get("CONTENT_TYPE", "")
        try:
            self.content_type, self.content_params = parse_header_parameters(given)
        except ValueError:  # a parameter in an encoding that there is not
            self.content_type, self.content_params = "", {}
            meta["CONTENT_TYPE"] = ""
