"""How a file's bytes leave: sendfile or X-Accel-Redirect, single ranges, validators.

Names never come from the client: callers hand over storage keys made from database ids.
"""

import os
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.http import http_date

from video_app.pipeline.layout import TYPES
from video_app.store import the_store
from video_app.streaming.byte_ranges import ByteRange, requested_range
from video_app.streaming.conditions import POLICY, unless_known

REVALIDATE = "private, no-cache"
NO_STORE = "no-store"
PIECE = 64 * 1024

# nginx serves MEDIA_ROOT under this location, marked `internal`.
ACCEL_LOCATION = "/protected/"


def send_file(request: HttpRequest, key: str, *, etag: str, cache_control: str) -> HttpResponseBase:
    """The stored file under `key`, or the byte range of it that is asked for.

    `etag` is the bare opaque tag. `FileNotFoundError` when there is no such file.
    """
    headers = {"Cache-Control": cache_control, "Content-Security-Policy": POLICY}
    content_type = TYPES[PurePosixPath(key).suffix]
    if settings.MEDIA_ACCEL == "nginx":
        # Its own 404 would tell nobody that a file is missing.
        os.stat(f"{settings.MEDIA_ROOT}/{key}")  # noqa: PTH116 - a tenth of what a Path costs
        # nginx does ranges, validators and HEAD itself. It keeps its connection to us only
        # when it knows that there is no body.
        headers |= {"X-Accel-Redirect": ACCEL_LOCATION + quote(key), "Content-Length": "0"}
        return HttpResponse(content_type=content_type, headers=headers)
    return _send_opened(request, _open(key), etag, content_type, headers)


def send_stored(
    request: HttpRequest, key: str, *, etag: str, cache_control: str
) -> HttpResponseBase:
    """The same from a store that is no folder of this machine: its bytes pass through us."""
    size = the_store().size(key)
    headers = {"Cache-Control": cache_control, "Content-Security-Policy": POLICY}
    headers |= {"ETag": f'"{etag}"', "Accept-Ranges": "bytes", "Last-Modified": ""}
    content_type = TYPES[PurePosixPath(key).suffix]
    start, end = requested_range(request, size, headers) or (0, size)
    del headers["Last-Modified"]
    if size and start >= end:
        headers |= {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        return HttpResponse(status=416, content_type=content_type, headers=headers)
    headers["Content-Length"] = str(end - start)
    is_part = (start, end) != (0, size)
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    body = iter(()) if request.method == "HEAD" else _pieces(key, start, end)
    response = StreamingHttpResponse(
        body, status=206 if is_part else 200, content_type=content_type, headers=headers
    )
    return unless_known(request, response)


def _pieces(key: str, start: int, end: int) -> Iterator[bytes]:
    with the_store().open(key, start, end) as file:
        while piece := file.read(PIECE):
            yield piece


def _send_opened(
    request: HttpRequest, file: BinaryIO, etag: str, content_type: str, headers: dict[str, str]
) -> HttpResponseBase:
    status = os.fstat(file.fileno())
    headers = headers | {
        "ETag": f'"{etag}"',
        "Last-Modified": http_date(status.st_mtime),
        "Accept-Ranges": "bytes",
    }
    response = _file_response(request, file, status.st_size, content_type, headers)
    answer = unless_known(request, response, int(status.st_mtime))
    if answer is not response:
        # Not `response.close()`: that would tell Django that the request is over.
        file.close()
    return answer


def _open(key: str) -> BinaryIO:
    """Unbuffered, so that the descriptor's position is the file's; links are not followed."""

    def opener(path: str, flags: int) -> int:
        return os.open(path, flags | os.O_NOFOLLOW)

    return open(default_storage.path(key), "rb", buffering=0, opener=opener)


def _file_response(
    request: HttpRequest, file: BinaryIO, size: int, content_type: str, headers: dict[str, str]
) -> HttpResponseBase:
    wanted = requested_range(request, size, headers)
    start, end = wanted or (0, size)
    if wanted and start >= end:
        file.close()
        unsatisfied = {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        return HttpResponse(status=416, content_type=content_type, headers=headers | unsatisfied)
    headers = headers | {"Content-Length": str(end - start)}
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if wanted else 200
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, content_type=content_type, headers=headers)
    return FileResponse(
        ByteRange(file, start, end - start),
        status=status,
        content_type=content_type,
        headers=headers,
    )
