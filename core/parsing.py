"""What a request's body and its Accept header may say to the API."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, NotAcceptable, ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class BodyTooLargeError(APIException):
    status_code = 413
    default_detail = _("The request is too large.")
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    """JSON of a bounded size and depth that can also be written as UTF-8."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLargeError
        try:
            parsed = json.loads(body.decode(), parse_constant=_refuse)
            # A lone surrogate would blow up wherever it is echoed or stored.
            json.dumps(parsed, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The request's body is not valid JSON.")) from error
        return parsed


class NeverNotAcceptable(DefaultContentNegotiation):
    """Answers in the view's own format rather than with 406, or 404 for `?format=xml`."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        try:
            chosen: tuple[BaseRenderer, str]
            chosen = super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            renderer: BaseRenderer = renderers[0]
            return renderer, renderer.media_type
        return chosen

    def filter_renderers(self, renderers: Any, format: str) -> Any:
        return [found for found in renderers if found.format == format] or renderers


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
