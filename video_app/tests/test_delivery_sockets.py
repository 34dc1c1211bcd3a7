"""A real gunicorn and raw sockets: what no client library would send or do."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from video_app.tests.sockets import BIG, Site, answer_of, ask, connect, head, read_all, running_site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("sockets")) as site:
        yield site


ATTACKS = [
    "/api/video/{film}/../leak.txt",
    "/api/video/{film}/../../../leak.txt",
    "/api/video/{film}/720p/../../../leak.txt",
    "/api/video/{film}/%2e%2e/leak.txt",
    "/api/video/{film}/%2e%2e%2fleak.txt",
    "/api/video/{film}/720p/%2e%2e%2f%2e%2e%2fleak.txt",
    "/api/video/{film}/720p/..%2f..%2fleak.txt",
    "/api/video/{film}/720p/%252e%252e%252fleak.txt",
    "/api/video/{film}/720p/..%5c..%5cleak.txt",
    "/api/video/{film}/720p/..\\..\\leak.txt",
    "/api/video/{film}/720p/000.ts%00",
    "/api/video/{film}/720p/000.ts%0a",
    "/api/video/{film}/720p%00/000.ts",
    "/api/video/{film}/720p/.",
    "/api/video/{film}/./720p/..",
    "/api/video/{film}//720p/000.ts",
    "/api/video/{film}/720p//000.ts",
    "/api/video/{film}/720p/.lease-x",
    "/api/video/{film}/720p/" + "a" * 300,
    "/api/video/{film}/720p/" + "0" * 300 + ".ts",
    "/api/video/{film}/720p/%ff%fe.ts",
    "/api/video/%2e%2e/720p/000.ts",
    "/media/leak.txt",
    "/media../leak.txt",
    "/media/%2e%2e/media/leak.txt",
    "/protected/leak.txt",
    "/static/../media/leak.txt",
    "/static/%2e%2e/media/leak.txt",
    "//leak.txt",
    "/leak.txt",
]


@pytest.mark.parametrize("path", ATTACKS)
def test_returns_404_for_paths_out_of_catalogue(site: Site, path: str):
    status, body = ask(site, head(site, path.format(film=site.film)))

    assert status == 404
    assert b"LEAKED" not in body
    assert body.endswith((b'{"detail":"Not found."}', b'{"detail": "Not found."}'))


def test_returns_only_length_for_head(site: Site):
    """A body after HEAD would be taken for the beginning of the next answer."""
    with connect(site) as connection:
        connection.sendall(head(site, site.segment, "HEAD") + head(site, "/api/video/0", "HEAD"))
        with connection.makefile("rb") as answer:
            first = answer.readline()
            while (line := answer.readline()) != b"\r\n":
                first += line
            second = answer.readline()

    assert b"200" in first
    assert b"Content-Length: 3760" in first
    assert second.startswith(b"HTTP/1.1 404")


def test_sends_exact_range_on_the_wire(site: Site):
    """sendfile starts at the file's position; the connection goes on to be usable."""
    with connect(site) as connection:
        for _ in range(2):
            connection.sendall(head(site, site.segment, Range="bytes=188-375"))
            status, answer = answer_of(connection)
            assert status == 206
            assert b"Content-Range: bytes 188-375/3760" in answer
            assert answer.endswith(b"." * 100)
            assert b"\nContent-Length: 188\r\n" in answer


def upload(site: Site, body: bytes, **headers: str) -> bytes:
    request = head(
        site,
        "/api/video/upload/",
        "POST",
        site.staff,
        Content_Type="multipart/form-data; boundary=x",
        **headers,
    )
    return request + body


PART = (
    b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nCut\r\n'
    b'--x\r\nContent-Disposition: form-data; name="video_file"; filename="a.mp4"\r\n\r\n'
)


def test_refuses_half_an_upload(site: Site):
    """Django alone takes what came for the whole file."""
    with connect(site) as connection:
        connection.sendall(upload(site, PART + b"x" * 1000, Content_Length="1000000"))
        connection.shutdown(socket.SHUT_WR)
        status, body = answer_of(connection)

    assert (status, b"broke off" in body) == (400, True)
    assert "Cut" not in site.stack.manage(
        "shell",
        "-v",
        "0",
        "-c",
        "from video_app.models import Video; print(list(Video.objects.all()))",
    )


def test_refuses_too_long_upload_unread(site: Site):
    status, _ = ask(site, upload(site, b"", Content_Length="2000001"))

    assert status == 413
    assert files_in(site.stack.media / "tmp") == 0


def test_refuses_upload_without_length_unread(site: Site):
    status, _ = ask(site, upload(site, b"5\r\nhello\r\n", Transfer_Encoding="chunked"))

    assert status == 411


def test_spools_nothing_of_strangers(site: Site):
    """A body of 1.9 MB is below the limit; nobody reads it before asking who it is."""
    request = upload(site, PART + b"x" * 200_000, Content_Length="1900000")

    status, _ = ask(site, request.replace(site.staff.encode(), b"nobody"))

    assert status == 401
    assert files_in(site.stack.media / "tmp") == 0


def files_in(directory: Path) -> int:
    return len(list(directory.iterdir())) if directory.exists() else 0


def test_takes_a_request_in_single_bytes(site: Site):
    with connect(site) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in head(site, site.segment, Connection="close"):
            connection.send(bytes([byte]))

        assert answer_of(connection)[0] == 200


def test_answers_two_requests_that_come_at_once(site: Site):
    with connect(site) as connection:
        connection.sendall(head(site, site.segment, "HEAD") * 2 + head(site, "/healthz/"))
        connection.settimeout(3)
        received = b""
        while received.count(b"HTTP/1.1 200") < 3:
            received += connection.recv(65536)


def test_answers_a_body_that_comes_after_its_head(site: Site):
    body = b'{"email": "nobody@example.org", "password": "wrong"}'
    request = head(
        site, "/api/login/", "POST", Content_Type="application/json", Content_Length=str(len(body))
    )
    with connect(site) as connection:
        for piece in (request, body[:10], body[10:]):
            connection.sendall(piece)
            time.sleep(0.3)

        assert answer_of(connection)[0] == 401


def test_continues_a_client_that_waits_for_it(site: Site):
    """`Expect: 100-continue`, as curl sends it before bodies of a megabyte."""
    body = b'{"email": "nobody@example.org", "password": "wrong"}'
    request = head(
        *(site, "/api/login/", "POST"),
        Content_Type="application/json",
        Content_Length=str(len(body)),
        Expect="100-continue",
    )
    with connect(site) as connection:
        connection.sendall(request)
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(body)

        assert answer_of(connection)[0] == 401


@pytest.mark.parametrize(
    ("request_line", "host", "status"),
    [
        ("GET /healthz/ HTTP/1.1", None, 400),
        ("GET /api/video/ HTTP/1.1", None, 400),
        ("POST /api/login/ HTTP/1.1", None, 400),
        ("GET /healthz/ HTTP/1.1", "", 400),
        ("GET /healthz/ HTTP/1.1", "127.0.0.1", 200),
        ("GET /healthz/ HTTP/1.0", None, 200),
    ],
)
def test_requires_host_of_http_1_1(site: Site, request_line: str, host: str | None, status: int):
    lines = [request_line] if host is None else [request_line, f"Host: {host}"]

    assert ask(site, "\r\n".join(lines).encode() + b"\r\n\r\n")[0] == status


def test_refuses_endless_head(site: Site):
    with connect(site) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 10_000)

        assert answer_of(connection)[0] == 431


def test_sends_large_file_in_constant_memory(site: Site):
    before = peak_memory(site)

    with connect(site) as connection:
        connection.sendall(head(site, site.big, Connection="close"))
        assert read_all(connection) > BIG

    assert peak_memory(site) - before < 10 * 1024 * 1024


def peak_memory(site: Site) -> int:
    """Bytes of resident memory of the largest of gunicorn's workers, at its highest."""
    parent = site.stack.processes["web"].pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return max(_high_water(child) for child in children)


def _high_water(pid: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
