"""What stands between the product and its S3 server in tests: counts, refuses, cuts and delays."""

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HOP = {"transfer-encoding", "connection", "content-length"}


@dataclass
class Answer:
    """What a request is answered with; `cut` bytes of the body at most are sent."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut: int | None = None


Mood = Callable[[Any, Answer], Answer]


@dataclass
class Proxy:
    """`mood` may change any answer; `sent` counts the bytes of GET answers by their path,
    `asked` the requests by their method."""

    address: str = ""
    mood: Mood = field(default=lambda request, answer: answer)
    sent: dict[str, int] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def bytes_of(self, key: str) -> int:
        return sum(count for path, count in self.sent.items() if path.endswith(key))


def refusal(status: int, code: str) -> Answer:
    body = f"<Error><Code>{code}</Code><Message>in a test</Message></Error>".encode()
    return Answer(status, {"Content-Type": "application/xml"}, body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, proxy: Proxy, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy, self.target = proxy, target

    def handle_error(self, *_: Any) -> None:
        """Whoever asked has gone."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def answer(self) -> None:
        given, length = self._asked()
        changed = self.server.proxy.mood(self, given)
        if changed is not given:
            length = str(len(changed.body))
        self.send_response_only(changed.status)
        for name, value in (changed.headers | {"Content-Length": length}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send(changed)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

    def _asked(self) -> tuple[Answer, str]:
        """The server's answer, and how long it says that its body is."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection(urlsplit(self.server.target).netloc, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        found = connection.getresponse()
        headers = {name: value for name, value in found.getheaders() if name.lower() not in HOP}
        given = Answer(found.status, headers, found.read())
        connection.close()
        self.server.proxy.asked[self.command] += 1
        return given, found.headers.get("Content-Length", str(len(given.body)))

    def _send(self, answer: Answer) -> None:
        sent = answer.body[: answer.cut]
        self.wfile.write(sent)
        if self.command == "GET":
            path, counted = urlsplit(self.path).path, self.server.proxy.sent
            counted[path] = counted.get(path, 0) + len(sent)
        if len(sent) < len(answer.body):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def running_proxy(target: str) -> Iterator[Proxy]:
    proxy = Proxy()
    server = _Server(proxy, target)
    proxy.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield proxy
    server.shutdown()
    server.server_close()
