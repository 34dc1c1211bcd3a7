"""nginx finds the web container when it comes back with another address."""

import http.server
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bench.nginx import is_installed
from tests.browser.product import wait_for
from tests.stack import free_port
from tests.test_nginx_logs import running, status

pytestmark = pytest.mark.skipif(not is_installed(), reason="needs nginx")
A_RECORD, SECONDS_TO_LIVE = 1, 600


class NameServer:
    """Answers every question for an IPv4 address with `address`; none while it is empty."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                question, client = self.socket.recvfrom(512)
            except OSError:
                return
            self.socket.sendto(self._answer(question), client)

    def _answer(self, question: bytes) -> bytes:
        """RFC 1035: the question again, and one record, whose name points to the question's."""
        if not self.address:
            return question[:2] + struct.pack(">HHHHH", 0x8183, 1, 0, 0, 0) + question[12:]
        head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0)
        record = struct.pack(">HHHIH", 0xC00C, A_RECORD, 1, SECONDS_TO_LIVE, 4)
        return head + question[12:] + record + socket.inet_aton(self.address)


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        return


@contextmanager
def web(address: str, port: int) -> Iterator[None]:
    server = http.server.ThreadingHTTPServer((address, port), Web)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def names() -> Iterator[NameServer]:
    server = NameServer("127.0.0.21")
    with server.socket:
        yield server


@pytest.mark.parametrize("path", ["/api/video/", "/login/", "/api/video/upload/", "/activate/"])
def test_asks_a_recreated_web_container(tmp_path: Path, names: NameServer, path: str) -> None:
    port = free_port()
    with ExitStack() as stack:
        _, nginx = stack.enter_context(running(tmp_path, web=f"web:{port}", resolver=names.place))
        with web("127.0.0.21", port):
            assert status(nginx, path) == 200
        assert status(nginx, path) == 502

        names.address = "127.0.0.22"
        stack.enter_context(web("127.0.0.22", port))

        assert wait_for(lambda: status(nginx, path) == 200, "the new container", 12)


def test_starts_before_the_web_container(tmp_path: Path, names: NameServer) -> None:
    names.address, port = "", free_port()
    with running(tmp_path, web=f"web:{port}", resolver=names.place) as (_, nginx):
        assert status(nginx, "/api/video/") == 502
        assert status(nginx, "/healthz") == 200

        names.address = "127.0.0.21"
        with web("127.0.0.21", port):
            assert wait_for(lambda: status(nginx, "/api/video/") == 200, "the container", 15)


def test_refuses_a_request_without_a_host(tmp_path: Path) -> None:
    with running(tmp_path) as ports:
        for port in ports:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(b"GET / HTTP/1.1\r\n\r\n")
                assert client.recv(12) == b"HTTP/1.1 400"
