"""Who may read what play links open: pages of every origin."""

from django.http import HttpRequest, HttpResponse

from core.middleware.requests import PLAY_LINK_PREFIX, Handler

# Lists, not `*`: old televisions do not know that headers may be named so.
OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "content-length, content-range, etag, retry-after, "
    "x-request-id",
    "Referrer-Policy": "no-referrer",
}
OPEN_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "accept, accept-encoding, cache-control, content-type, "
    "if-none-match, origin, range, x-requested-with, "
    "cmcd-object, cmcd-request, cmcd-session, cmcd-status",
    "Access-Control-Max-Age": "86400",
}


def open_play_links(get_response: Handler) -> Handler:
    """Let pages of every origin read what play links open, errors and redirects included.

    The right stands in the address and no cookie counts, so credentials are never allowed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PLAY_LINK_PREFIX):
            return get_response(request)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=OPEN_HEADERS | OPEN_PREFLIGHT)
        response = get_response(request)
        for name, value in OPEN_HEADERS.items():
            response.headers[name] = value
        response.headers.pop("Access-Control-Allow-Credentials", None)
        return response

    return middleware
