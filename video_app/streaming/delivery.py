"""How a file's bytes leave: sendfile or X-Accel-Redirect, single ranges, validators.

Names never come from the client: callers hand over storage keys made from database ids.
"""

import os
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import http_date

from video_app.pipeline.layout import TYPES
from video_app.store import the_store
from video_app.streaming.byte_ranges import ByteRange, requested_range
from video_app.streaming.conditions import POLICY, unless_known

REVALIDATE = "private, no-cache"
NO_STORE = "no-store"

# nginx serves MEDIA_ROOT under this location, marked `internal`.
ACCEL_LOCATION = "/protected/"
# First byte and the one behind the last → what they are read from.
Open = Callable[[int, int], "BinaryIO | ByteRange"]


class _Pieces(FileResponse):
    block_size = 64 * 1024


def send_file(request: HttpRequest, key: str, *, etag: str, cache_control: str) -> HttpResponseBase:
    """The stored file under `key`, or the byte range of it that is asked for.

    `etag` is the bare opaque tag. `FileNotFoundError` when there is no such file.
    """
    path = f"{settings.MEDIA_ROOT}/{key}"  # a Path costs ten times as much
    status = os.stat(path)  # noqa: PTH116
    headers = {"Cache-Control": cache_control, "Content-Security-Policy": POLICY}
    if settings.MEDIA_ACCEL == "nginx":
        # It does ranges, validators and HEAD itself, but its own 404 would tell nobody that a file
        # is missing. It keeps its connection to us only when it knows that there is no body.
        headers |= {"X-Accel-Redirect": ACCEL_LOCATION + quote(key), "Content-Length": "0"}
        return HttpResponse(content_type=TYPES[PurePosixPath(key).suffix], headers=headers)
    headers |= {"ETag": f'"{etag}"', "Last-Modified": http_date(status.st_mtime)}

    def read(start: int, end: int) -> ByteRange:
        return ByteRange(_open(path), start, end - start)

    return _send(request, key, status.st_size, headers, read, int(status.st_mtime))


def send_stored(
    request: HttpRequest, key: str, *, etag: str, cache_control: str
) -> HttpResponseBase:
    """The same from a store that is no folder of this machine: its bytes pass through us."""
    size = the_store().size(key)
    headers = {"Cache-Control": cache_control, "Content-Security-Policy": POLICY}
    headers["ETag"] = f'"{etag}"'
    return _send(request, key, size, headers, lambda *span: the_store().open(key, *span))


def _open(path: str) -> BinaryIO:
    """Unbuffered, so that the descriptor's position is the file's; links are not followed."""

    def opener(path: str, flags: int) -> int:
        return os.open(path, flags | os.O_NOFOLLOW)

    return open(path, "rb", buffering=0, opener=opener)


def _send(
    request: HttpRequest,
    key: str,
    size: int,
    headers: dict[str, str],
    read: Open,
    modified: int | None = None,
) -> HttpResponseBase:
    content_type = TYPES[PurePosixPath(key).suffix]
    wanted = requested_range(request, size, headers)
    start, end = wanted or (0, size)
    status = 206 if wanted else 200
    if wanted and start >= end:
        status, start, end = 416, 0, 0
        headers["Content-Range"] = f"bytes */{size}"
    elif wanted:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers |= {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    head = HttpResponse(status=status, content_type=content_type, headers=headers)
    answer = unless_known(request, head, modified)
    if answer is not head or status == 416 or request.method == "HEAD":
        return answer
    return _Pieces(read(start, end), status=status, content_type=content_type, headers=headers)
