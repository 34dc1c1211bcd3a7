"""Clients that send or take little: they hold no thread that others need."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from video_app.tests.sockets import (
    Site,
    ask,
    connect,
    dripping,
    head,
    read_all,
    running_site,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("sockets")) as site:
        yield site


def test_serves_others_beside_slow_clients(site: Site):
    """50 half-sent requests and 50 readers that do not read, and yet others are served."""
    with ExitStack() as clients:
        for _ in range(50):
            half = clients.enter_context(connect(site))
            half.sendall(b"GET /api/video/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half")
            reader = clients.enter_context(connect(site))
            reader.sendall(head(site, site.big))
        time.sleep(1)
        started = time.monotonic()
        for _ in range(20):
            status, _ = ask(site, head(site, site.segment, Connection="close"))
            assert status == 200

        # Well before the stalled ones are cut off.
        assert time.monotonic() - started < 5


SLOW_HEAD = b"GET /api/video/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
SLOW_BODY = (
    b"POST /api/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 90000\r\n\r\n"
)
SLOW_FORM = SLOW_BODY.replace(b"/api/login/", b"/admin/login/").replace(b"90000", b"1048000")


@pytest.mark.parametrize(
    "beginnings",
    [[SLOW_HEAD], [SLOW_BODY], [SLOW_FORM], [b""], [SLOW_HEAD, SLOW_BODY, b"\r\n", b"\x16\x03"]],
    ids=["heads", "bodies", "forms", "nothing", "mixed"],
)
def test_serves_others_beside_300_dripping_strangers(site: Site, beginnings: list[bytes]):
    """More than there are threads, and none of them ever stalls for long."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(site)) for _ in range(300)]
        for number, client in enumerate(clients):
            client.sendall(beginnings[number % len(beginnings)])
        stack.enter_context(dripping(clients))
        time.sleep(3)
        started = time.monotonic()
        for _ in range(20):
            status, _ = ask(site, head(site, site.segment, Connection="close"))
            assert status == 200

        assert time.monotonic() - started < 5


@pytest.mark.parametrize(("beginning", "seconds"), [(SLOW_HEAD, 8), (SLOW_BODY, 24)])
def test_cuts_off_a_dripping_client_at_a_total_deadline(
    site: Site, beginning: bytes, seconds: float
):
    with connect(site) as client, dripping([client]):
        client.settimeout(seconds + 12)
        client.sendall(beginning)
        started = time.monotonic()
        try:
            answer = client.recv(1)
        except ConnectionError:
            answer = b""

        assert answer == b""
        assert time.monotonic() - started == pytest.approx(seconds, abs=6)


def test_refuses_uploads_beyond_half_of_the_threads(site: Site):
    """Chunked bodies of strangers stand for any body that a thread has to wait for."""
    request = head(site, "/api/login/", "POST", Transfer_Encoding="chunked")
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(site)) for _ in range(300)]
        stack.enter_context(dripping(clients))
        for client in clients:
            client.sendall(request)
        started = time.monotonic()
        for _ in range(20):
            assert ask(site, head(site, site.segment, Connection="close"))[0] == 200

        assert time.monotonic() - started < 5


def test_cuts_off_stalled_clients(site: Site):
    """Whoever sends nothing, or takes nothing, gives the thread back in the end."""
    with connect(site) as half, connect(site) as reader:
        half.sendall(b"GET /api/video/ HTTP/1.1\r\nX-Half")
        reader.sendall(head(site, site.big))

        assert half.recv(1) == b""
        time.sleep(8)
        with pytest.raises(ConnectionError):
            read_all(reader)
