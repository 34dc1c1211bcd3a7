"""Single byte ranges of a file (RFC 9110, 14): which is asked for, and how it is read."""

import re
from typing import BinaryIO

from django.http import HttpRequest

SINGLE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class ByteRange:
    """A range of a file. sendfile(2) starts at its position, other servers read it to the end."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self._file = file
        self._left = length
        file.seek(start)
        self.fileno = file.fileno
        self.close = file.close

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        piece = self._file.read(wanted)
        self._left -= len(piece)
        return piece


def requested_range(
    request: HttpRequest, size: int, headers: dict[str, str]
) -> tuple[int, int] | None:
    """The half-open byte range asked for; empty when it cannot be satisfied.

    None, which sends everything, without a range, for several, for one that makes no
    sense (RFC 9110, 14.2), and when `If-Range` names another version of the file.
    """
    match = SINGLE_RANGE.fullmatch(request.META.get("HTTP_RANGE", ""))
    condition = request.META.get("HTTP_IF_RANGE", headers["ETag"])
    if match is None or condition not in (headers["ETag"], headers.get("Last-Modified")):
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    if first:
        return int(first), min(size, int(last) + 1) if last else size
    return (max(0, size - int(last)), size) if last else None
