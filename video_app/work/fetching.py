"""Where films are fetched from, from any byte on: a file here, in a bucket, or at an address."""

import http.client
import os
import socket
import ssl
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urljoin

from video_app.pipeline.errors import PipelineError
from video_app.pipeline.sentences import sentence
from video_app.store import AwayError, foreign
from video_app.work import addresses

PIECE_BYTES = 1024**2
READ_BYTES = 64 * 1024
SILENCE_SECONDS = 30
# An answer that has not begun by then, and fewer bytes a second than these for so long, are as
# good as silence: the film that is fetched keeps all others waiting.
ANSWER_SECONDS = 60
SLOW_SECONDS, SLOWEST = 60, 1024
MAX_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
PAGES = ("text/html", "application/json", "application/xml", "text/xml")
NO_FILE = sentence("This is not a file that can be read: %(why)s")
NO_REGULAR_FILE = sentence("a device or a folder")
GONE = sentence("The file is no longer in the bucket.")
SILENT_BUCKET = sentence("The bucket does not answer.")
SILENT_HOST = sentence("%(host)s does not answer.")
BROKEN_OFF = sentence("The connection broke off.")
NO_FILM = sentence("This address leads to a page, not to a film.")
REFUSED = sentence("The address answers with %(status)s.")
SHORTER = sentence("The file became shorter while it was fetched.")
IN_CIRCLES = sentence("The address leads on and on.")
TOO_SLOW = sentence("The film comes too slowly.")


class CutError(Exception):
    """The connection broke off: it may go on later. The message is for people."""


class SlowError(CutError):
    """It comes byte by byte; at once is no better than later."""


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes from `offset` on; `length` of the whole file, 0 when nobody said; `seen` names its
    version."""

    pieces: Iterator[bytes]
    offset: int
    length: int
    seen: str


@contextmanager
def from_file(location: str, offset: int) -> Iterator[Body]:
    """A regular file, through no link; `PipelineError` when it is none."""
    try:
        descriptor = os.open(location, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise PipelineError(NO_FILE % {"why": error.strerror}) from error
    with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise PipelineError(NO_FILE % {"why": NO_REGULAR_FILE})
        file.seek(offset)
        yield Body(iter(lambda: file.read(PIECE_BYTES), b""), offset, status.st_size, seen(status))


def seen(status: os.stat_result) -> str:
    return f"{status.st_size} {status.st_mtime_ns}"


@contextmanager
def from_bucket(location: str, offset: int, known: str) -> Iterator[Body]:
    """A file in a bucket; `PipelineError` when it is gone or may not be read, `CutError`."""
    place = foreign.parse(location)
    try:
        body, begins, found = foreign.open_from(place, offset, known)
    except FileNotFoundError as error:
        raise PipelineError(GONE) from error
    except foreign.DeniedError as error:
        raise PipelineError(str(error)) from error
    except AwayError as error:
        raise CutError(SILENT_BUCKET) from error
    except ValueError as error:
        raise PipelineError(SHORTER) from error
    with closing(body):
        yield Body(_pieces(partial(body.read, PIECE_BYTES)), begins, found.size, found.version)


@contextmanager
def from_address(url: str, offset: int, known: str) -> Iterator[Body]:
    """What an address leads to, from `offset` on if it still is the version `known`.

    `PipelineError` when it is nothing to fetch, `CutError`.
    """
    headers = {"Accept-Encoding": "identity", "User-Agent": "Videoflix"}
    if offset:
        headers |= {"Range": f"bytes={offset}-"} | ({"If-Range": known} if known else {})
    connection, answer = _follow(url, headers)
    with closing(connection), closing(answer):
        if answer.status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise PipelineError(SHORTER)
        _check(answer)
        begins = offset if answer.status == http.client.PARTIAL_CONTENT else 0
        # What has come, not a full piece: a slow line leaves time to renew the lease.
        pieces = _pieces(partial(answer.read1, READ_BYTES))
        yield Body(_fast_enough(pieces), begins, _length(answer), _version(answer))


def _follow(url: str, headers: dict[str, str]) -> tuple[Any, Any]:
    for _ in range(MAX_REDIRECTS + 1):
        connection, answer = _ask(url, headers)
        if answer.status not in REDIRECTS:
            return connection, answer
        answer.close()
        connection.close()
        url = urljoin(url, answer.headers.get("Location", ""))
    raise PipelineError(IN_CIRCLES)


def _ask(url: str, headers: dict[str, str]) -> tuple[Any, Any]:
    parts = addresses.split(url)
    host, is_tls = str(parts.hostname), parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    connection = _Pinned(host, port, addresses.resolve(host, port), is_tls=is_tls)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    deadline = threading.Timer(ANSWER_SECONDS, connection.break_off)
    try:
        connection.connect()
        deadline.start()
        connection.request("GET", target, headers=headers)
        return connection, connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise CutError(SILENT_HOST % {"host": host}) from error
    finally:
        deadline.cancel()


class _Pinned(http.client.HTTPConnection):
    """Connects to an address that was checked, not to what the name resolves to by then."""

    def __init__(self, host: str, port: int, address: str, *, is_tls: bool) -> None:
        super().__init__(host, port, timeout=SILENCE_SECONDS)
        self._address = address
        self._is_tls = is_tls
        if is_tls:
            self.default_port = 443

    def connect(self) -> None:
        sock = socket.create_connection((self._address, self.port), SILENCE_SECONDS)
        if self._is_tls:
            context = ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=self.host)
        self.sock = sock

    def break_off(self) -> None:
        """End a head that drips: each byte of it would begin the time-out anew."""
        with suppress(OSError, AttributeError):  # over already
            self.sock.shutdown(socket.SHUT_RDWR)


def _check(answer: Any) -> None:
    status = answer.status
    if status == http.client.TOO_MANY_REQUESTS or status >= http.client.INTERNAL_SERVER_ERROR:
        raise CutError(REFUSED % {"status": status})
    if status not in (http.client.OK, http.client.PARTIAL_CONTENT):
        raise PipelineError(REFUSED % {"status": status})
    if answer.headers.get_content_type() in PAGES:
        raise PipelineError(NO_FILM)


def _length(answer: Any) -> int:
    total = answer.headers.get("Content-Length", "")
    if answer.status == http.client.PARTIAL_CONTENT:
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
    return int(total) if total.isdecimal() else 0


def _version(answer: Any) -> str:
    tag = answer.headers.get("ETag", "")
    version = "" if tag.startswith("W/") else tag
    return str(version or answer.headers.get("Last-Modified", ""))[:255]


def _pieces(read: Callable[[], bytes]) -> Iterator[bytes]:
    while True:
        try:
            piece = read()
        except (OSError, http.client.HTTPException) as error:
            raise CutError(BROKEN_OFF) from error
        if not piece:
            return
        yield piece


def _fast_enough(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces; `SlowError` once it would take for ever."""
    begin, came = time.monotonic(), 0
    for piece in pieces:
        yield piece
        came += len(piece)
        seconds = time.monotonic() - begin
        if seconds < SLOW_SECONDS:
            continue
        if came < seconds * SLOWEST:
            raise SlowError(TOO_SLOW)
        begin, came = time.monotonic(), 0
