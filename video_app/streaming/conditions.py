"""What every answer with bytes observes: the browser's policy, and the request's conditions."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

# Opened as a page of its own, a film may show itself and nothing else.
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'"


def unless_known(
    request: HttpRequest, response: HttpResponseBase, modified: int | None = None
) -> HttpResponseBase:
    """304 or 412 instead of the response, when the request's conditions say so."""
    answer = get_conditional_response(
        request,
        response["ETag"],
        modified,
        response=response,  # type: ignore[arg-type]  # the stubs know no streamed ones
    )
    return answer or response
