"""How a playlist leaves: compressed for those who can read that."""

import gzip
import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from video_app.streaming.conditions import POLICY, unless_known

# Named, and not with a q-value of 0, which forbids it.
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)


def send_text(
    request: HttpRequest, text: str, *, content_type: str, etag: str, cache_control: str
) -> HttpResponseBase:
    """A playlist, compressed for those who can read that; `etag` is the bare opaque tag."""
    # Weak: one tag for the plain and the compressed text.
    headers = {
        "Cache-Control": cache_control,
        "Content-Security-Policy": POLICY,
        "ETag": f'W/"{etag}"',
        "Vary": "Accept-Encoding",
    }
    body = text.encode()
    if GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=5, mtime=0)
    headers["Content-Length"] = str(len(body))
    response = HttpResponse(body, content_type=content_type, headers=headers)
    return unless_known(request, response)
