"""Where a source is read from: a local path, or a URL of the store's reader on this machine.

Nothing else is ever opened over a network: the reader (`store.reader`) is the only one that
talks to a bucket.
"""

import http.client
import io
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

Location = Path | str

READER = "http://127.0.0.1:"
# The reader itself waits for a bucket that is away; this is for a reader that hangs.
TIMEOUT_SECONDS = 300
BUFFER = 64 * 1024


def is_url(location: Location) -> bool:
    return isinstance(location, str) and location.startswith(READER)


def input_name(location: Location) -> str:
    """What ffmpeg calls it."""
    return str(location) if is_url(location) else f"file:{location}"


def size(location: Location) -> int:
    """Bytes; `OSError` when it is not there."""
    if not is_url(location):
        return Path(location).stat().st_size
    with open_binary(location) as file:
        return file.seek(0, io.SEEK_END)


def open_binary(location: Location) -> BinaryIO:
    """For reading and seeking; `OSError` when it is not there."""
    if not is_url(location):
        return Path(location).open("rb")
    return cast(BinaryIO, io.BufferedReader(_Ranges(str(location)), BUFFER))


class _Ranges(io.RawIOBase):
    """A URL as a file: each seek is a new request for the bytes from there on."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
        self._answer: http.client.HTTPResponse | None = None
        self._at = 0
        self._size = self._ask("HEAD")
        self._answer = None

    def _ask(self, method: str) -> int:
        headers = {"Range": f"bytes={self._at}-"} if method == "GET" else {}
        self._connection.close()
        try:
            self._connection.request(method, self._path, headers=headers)
            self._answer = self._connection.getresponse()
        except http.client.HTTPException as error:
            raise OSError(f"the reader broke off: {type(error).__name__}") from error
        if self._answer.status not in (200, 206):
            raise FileNotFoundError(f"the reader answers {self._answer.status}")
        return int(self._answer.headers["Content-Length"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if (at := max(0, base + offset)) != self._at:
            self._at, self._answer = at, None
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        if self._answer is None or self._answer.closed:
            self._ask("GET")
        assert self._answer is not None  # noqa: S101 - asked for above
        try:
            count = self._answer.readinto(memoryview(buffer)[:wanted])
        except http.client.HTTPException as error:
            raise OSError(f"the reader broke off: {type(error).__name__}") from error
        if not count:
            raise OSError("the reader broke off")
        self._at += count
        return count

    def close(self) -> None:
        self._connection.close()
        super().close()
