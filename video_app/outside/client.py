"""One HTTP request to a server that somebody named, with an end in time and size."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from video_app.outside.addresses import checked

MAX_ANSWER = 64 * 1024  # bytes


class NoAnswerError(Exception):
    """Refused, too slow, or no HTTP; the message is for people."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """The answer of at most 64 KiB, within `seconds` of the connection; redirects are answers.

    `ForbiddenTargetError` for addresses inside, `NoAnswerError` when there is no answer.
    """
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    connection = _connection(url, checked(url)[0], seconds)
    deadline = threading.Timer(seconds, _break_off, [connection])
    try:
        connection.connect()
        deadline.start()
        connection.request("POST", target, body, dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.read(MAX_ANSWER).decode(errors="replace"))
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(str(error) or type(error).__name__) from error
    finally:
        deadline.cancel()
        connection.close()


class _Plain(http.client.HTTPConnection):
    """Connects to the address that was checked, whatever the name says by now."""

    address = ""

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _Secure(http.client.HTTPSConnection):
    """The same; the certificate has to be the name's."""

    address = ""

    def connect(self) -> None:
        raw = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self.host)


def _connection(url: str, address: str, seconds: float) -> _Plain | _Secure:
    parts = urlsplit(url)
    kind = _Secure if parts.scheme == "https" else _Plain
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    connection.address = address
    return connection


def _break_off(connection: http.client.HTTPConnection) -> None:
    """Ends a read that drips: each byte of it would begin the time-out anew."""
    try:
        connection.sock.shutdown(socket.SHUT_RDWR)
    except (OSError, AttributeError):  # over already
        return
