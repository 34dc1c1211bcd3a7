"""A real gunicorn and raw sockets to it: what no client library would send or do."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.stack import Stack, running_stack

BIG = 80 * 1024 * 1024
SEED = f"""
import json, os
from django.conf import settings
from tests.people import access_token, make_user
from video_app.pipeline import layout
from video_app.store import identity
from video_app.tests.films import make_film
identity.check()  # which marks the media as this database's
film = make_film()
big = layout.segment_key(film.current_build.prefix, "720p", 3)
os.truncate(os.path.join(settings.MEDIA_ROOT, big), {BIG})
with open(os.path.join(settings.MEDIA_ROOT, "leak.txt"), "w") as file:
    file.write("LEAKED")
print(json.dumps({{
    "film": film.pk,
    "member": access_token(make_user()),
    "staff": access_token(make_user("boss", is_staff=True, is_superuser=True)),
}}))
"""


@dataclass(frozen=True)
class Site:
    stack: Stack
    film: int
    member: str
    staff: str

    @property
    def segment(self) -> str:
        return f"/api/video/{self.film}/720p/000.ts"

    @property
    def big(self) -> str:
        return f"/api/video/{self.film}/720p/003.ts"


@contextmanager
def running_site(directory: Path) -> Iterator[Site]:
    """A web server with one film, and nobody who works."""
    with running_stack(
        directory,
        worker=False,
        MAX_UPLOAD_BYTES="2000000",
        WEB_STALL_SECONDS="8",
        THROTTLE_LOGIN="10000/min",
    ) as stack:
        (stack.media).mkdir(exist_ok=True)
        yield Site(stack, **json.loads(stack.manage("shell", "-v", "0", "-c", SEED)))


def head(site: Site, path: str, method: str = "GET", token: str = "", **headers: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token or site.member}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def connect(site: Site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", site.stack.port), timeout=20)


def ask(site: Site, request: bytes) -> tuple[int, bytes]:
    """Status and everything after the status line."""
    with connect(site) as connection:
        connection.sendall(request)
        return answer_of(connection)


def answer_of(connection: socket.socket) -> tuple[int, bytes]:
    with connection.makefile("rb") as answer:
        status = int(answer.readline().split()[1])
        length, rest = 0, b""
        while (line := answer.readline()) not in (b"\r\n", b""):
            rest += line
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return status, rest + answer.read(length)


@contextmanager
def dripping(clients: list[socket.socket]) -> Iterator[None]:
    """Each client sends a byte a second, until it is cut off."""
    over = threading.Event()

    def drip() -> None:
        while not over.wait(1):
            for client in clients:
                with suppress(OSError):
                    client.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def read_all(connection: socket.socket) -> int:
    total = 0
    while piece := connection.recv(1 << 20):
        total += len(piece)
    return total
