"""How much, and how much at once, nginx lets through: what uploads need, and nobody else."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bench.nginx import is_installed
from tests.test_nginx_logs import running

pytestmark = pytest.mark.skipif(not is_installed(), reason="needs nginx")
FILMS_AT_ONCE = 8


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx before an application that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as silent:
        web = f"127.0.0.1:{silent.getsockname()[1]}"
        with running(tmp_path_factory.mktemp("nginx"), web=web, upload_limit="9m") as (_, port):
            yield port


def statuses(port: int, path: str, count: int) -> list[bytes]:
    """What so many requests at once are answered with; b"" for those that are let through."""
    with ExitStack() as stack:
        senders = []
        for _ in range(count):
            sender = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=0.5))
            sender.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            senders.append(sender)
        return [_status(sender) for sender in senders[FILMS_AT_ONCE:]]


def _status(sender: socket.socket) -> bytes:
    try:
        return sender.recv(100).split()[1]
    except TimeoutError:
        return b""


@pytest.mark.parametrize(
    "path", ["/admin/video_app/video/5/poster/", "/admin/video_app/video/", "/api/uploads/"]
)
def test_shows_any_number_of_posters_at_once(port: int, path: str) -> None:
    assert statuses(port, path, FILMS_AT_ONCE + 2) == [b"", b""]


@pytest.mark.parametrize(
    "path", ["/admin/video_app/video/add/", "/admin/video_app/video/5/change/", "/api/video/upload"]
)
def test_takes_few_whole_films_at_once(port: int, path: str) -> None:
    assert statuses(port, path, FILMS_AT_ONCE + 1) == [b"503"]


@pytest.mark.parametrize(
    ("path", "size", "is_taken"),
    [
        ("/api/video/5/subtitles/", 2_200_000, True),
        ("/api/video/5/subtitles/7/", 2_200_000, True),
        ("/admin/video_app/video/5/frame/", 8_000_000, True),
        ("/admin/video_app/video/5/change/", 8_000_000, True),
        ("/api/video/upload/", 8_000_000, True),
        ("/api/uploads/5/", 8_000_000, True),
        ("/api/video/5/subtitles/", 4_000_000, False),
        ("/api/video/5/", 1_100_000, False),
        ("/admin/video_app/video/", 1_100_000, False),
        ("/api/login/", 1_100_000, False),
    ],
)
def test_takes_large_bodies_where_they_belong(
    port: int, path: str, size: int, is_taken: bool
) -> None:
    """Judged by the length that the head tells."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=0.3) as sender:
        sender.sendall(head.encode())
        refused = str(http.client.REQUEST_ENTITY_TOO_LARGE).encode()
        assert (_status(sender) != refused) == is_taken
