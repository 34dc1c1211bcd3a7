"""Behind a real nginx with the repository's own configuration for files."""

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from bench.load import family
from bench.nginx import is_installed, running_nginx
from tests.stack import Stack, free_port, running_stack
from video_app.tests.sockets import dripping

pytestmark = [
    pytest.mark.skipif(not is_installed(), reason="needs nginx (Debian: apt install nginx-light)"),
]
ORIGIN = "http://localhost:4200"
SEED = """
import json
from tests.people import access_token, make_user
from video_app.tests.films import make_film
film = make_film()
from auth_app.models import Session
from video_app.streaming import play_links
from video_app.streaming.play_right import PlayRight
alice = make_user()
token = access_token(alice)
link = play_links.make(alice, Session.objects.get(), film, film.current_build)
print(json.dumps({"film": film.pk, "build": film.current_build_id,
                  "token": token, "right": str(PlayRight.of(link))}))
"""


SIGNED_IN = """
from tests.people import access_token, make_user
print(access_token(make_user("{name}")))
"""
SIGN_OUT = """
from auth_app import sessions
from auth_app.models import Session
for session in Session.objects.filter(user__email="{name}@example.org"):
    sessions.end(session.pk, "test")
"""
HIDE = """
from video_app.models import Video
for video in Video.objects.filter(pk={film}):
    video.is_published = {published}
    video.save()
"""
STORED_VIEWS = """
from video_app.insight import flushing
from video_app.models import Viewing
flushing.SILENT_SECONDS = -1
flushing.flush()
# Of a burst nginx asks for the first two segments.
views = Viewing.objects.filter(is_view=True, seen__gte=2**10 - 1)
print(sum(viewing.seconds <= 12 for viewing in views))
"""
END_LINKS = """
from video_app.models import PlayLink
from video_app.streaming import play_links
play_links.end(PlayLink.objects.all())
"""
# How long nginx may go on believing (`proxy_cache_valid`), and a little for slow machines.
RIGHTS_SECONDS = 2
SLOWNESS = 4


@dataclass(frozen=True)
class Site:
    stack: Stack
    port: int
    film: int
    build: int
    token: str
    right: str

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        signed_in = {"Authorization": f"Bearer {self.token}"} | headers
        connection.request(method, path, headers=signed_in)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    @property
    def segment(self) -> str:
        return f"/api/video/{self.film}/720p/000.ts?b={self.build}"

    @property
    def linked_segment(self) -> str:
        return self.segment.replace("/video/", f"/play/{self.right}/")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("nginx")
    with running_stack(directory, worker=False, MEDIA_ACCEL="nginx") as stack:
        seeded = json.loads(stack.manage("shell", "-v", "0", "-c", SEED))
        port = free_port()
        with running_nginx(directory / "nginx", stack.media, port, stack.port):
            yield Site(stack, port, **seeded)


def test_sends_bytes_from_nginx(site: Site):
    response, body = site.ask(site.segment)

    assert response.status == 200
    assert len(body) == 3760
    assert response.headers["X-Accel-Redirect"] is None
    assert response.headers["Content-Type"] == "video/MP2T"
    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_lets_listed_origin_read(site: Site):
    """nginx forgets Django's headers after X-Accel-Redirect, and hls.js would get nothing."""
    response, _ = site.ask(site.segment, Origin=ORIGIN)

    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "origin" in response.headers["Vary"].lower()
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_keeps_foreign_origin_out(site: Site):
    response, _ = site.ask(site.segment, Origin="https://evil.example")

    assert response.headers["Access-Control-Allow-Origin"] is None


def test_returns_206_for_range(site: Site):
    response, body = site.ask(site.segment, Range="bytes=188-375", Origin=ORIGIN)

    assert (response.status, len(body)) == (206, 188)
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_returns_length_for_head(site: Site):
    response, body = site.ask(site.segment, "HEAD")

    assert (response.headers["Content-Length"], body) == ("3760", b"")


def test_returns_304_for_known_etag(site: Site):
    tag = site.ask(site.segment)[0].headers["ETag"]

    assert site.ask(site.segment, **{"If-None-Match": tag})[0].status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/rights",
        "/protected/hls/1/1/720p/000.ts",
        "/protected../hls/1/1/720p/000.ts",
        "/protected/../protected/hls/1/1/720p/000.ts",
        "/api/video/1/..%2f..%2fprotected/hls/1/1/720p/000.ts",
        "/api/video/1/720p/..%2f..%2f..%2fsecret_key",
    ],
)
def test_hides_internal_locations(site: Site, path: str):
    assert site.ask(path)[0].status == 404


def test_sends_no_bytes_without_right(site: Site):
    response, body = site.ask(site.segment, Authorization="Bearer nonsense", Origin=ORIGIN)

    assert response.status == 401
    assert set(json.loads(body)) == {"detail"}
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


def shell(site: Site, code: str) -> str:
    return site.stack.manage("shell", "-v", "0", "-c", code).strip()


def seconds_until(site: Site, status: int, **headers: str) -> float:
    start = time.monotonic()
    while (answer := site.ask(site.segment, **headers)[0].status) != status:
        assert time.monotonic() - start < RIGHTS_SECONDS + SLOWNESS, answer
        time.sleep(0.1)
    return time.monotonic() - start


def test_keeps_rights_of_viewers_apart(site: Site):
    assert site.ask(site.segment)[0].status == 200

    assert site.ask(site.segment, Authorization="")[0].status == 401
    assert site.ask(site.segment, Authorization="", Cookie="access_token=x")[0].status == 401
    cookie = {"Authorization": "", "Cookie": f"access_token={site.token}"}
    assert site.ask(site.segment, **cookie)[0].status == 200


def test_remembers_right_for_a_moment(site: Site):
    viewer = {"Cookie": "viewer=of this test"}
    for _ in range(2):  # a burst, as at the start of a film
        assert site.ask(site.segment, **viewer)[0].status == 200
    processes = family(site.stack.processes["web"].pid)
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert site.ask(site.segment.replace("000.ts", "001.ts"), **viewer)[0].status == 200
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def test_applies_sign_out_within_seconds(site: Site):
    bearer = {"Authorization": "Bearer " + shell(site, SIGNED_IN.format(name="ida"))}
    assert site.ask(site.segment, **bearer)[0].status == 200
    shell(site, SIGN_OUT.format(name="ida"))
    seconds_until(site, 401, **bearer)


def test_stops_hidden_film_within_seconds(site: Site):
    assert site.ask(site.segment)[0].status == 200
    shell(site, HIDE.format(film=site.film, published=False))
    try:
        seconds_until(site, 404)
        body = site.ask(site.segment)[1]
        assert body == site.ask(site.segment.replace(f"/{site.film}/", "/999999/"))[1]
    finally:
        shell(site, HIDE.format(film=site.film, published=True))
    seconds_until(site, 200)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/video/{film}/720p/000.ts", 200),
        ("/api/video/{film}/720p/000.ts?b={build}x", 404),
        ("/api/video/{film}/720p/segment_000.ts?b={build}", 200),
        ("/api/video/{film}/720p/000.ts/?b={build}", 200),
        ("/api/videos/{film}/720p/000.ts?b={build}", 200),
        ("/api/video/{film}/1080p/000.ts?b={build}", 200),
    ],
)
def test_passes_other_spellings_to_django(site: Site, path: str, status: int):
    asked = path.format(film=site.film, build=site.build)

    assert site.ask(asked)[0].status == status


@pytest.mark.parametrize("number", ["004", "999999999"])
def test_returns_404_of_django_for_missing_segment(site: Site, number: str):
    response, body = site.ask(site.segment.replace("000.ts", f"{number}.ts"), Origin=ORIGIN)

    assert (response.status, set(json.loads(body))) == (404, {"detail"})
    assert response.headers.get_all("Access-Control-Allow-Origin") == [ORIGIN]


def test_sends_headers_of_refusal_once(site: Site):
    response, _ = site.ask(site.segment, Authorization="", Origin=ORIGIN)

    for header in ("WWW-Authenticate", "Access-Control-Allow-Origin", "Content-Type"):
        assert len(response.headers.get_all(header)) == 1, header


def test_passes_unusual_methods_to_django(site: Site):
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}

    assert site.ask(site.segment, "POST")[0].status == 405
    answer = site.ask(site.segment, "OPTIONS", Authorization="", **preflight)[0]
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)


class TestPlayLinks:
    """What a play link opens, sent by nginx: no cookie, and pages of every origin may read."""

    FOREIGN = {"Authorization": "", "Origin": "https://player.example"}

    @pytest.mark.parametrize("origin", ["https://player.example", "null", ORIGIN])
    def test_sends_segment_to_every_origin(self, site: Site, origin: str):
        for _ in range(3):  # the later ones by a right that nginx remembers
            response, body = site.ask(site.linked_segment, Authorization="", Origin=origin)

            assert (response.status, len(body)) == (200, 3760)
            assert response.headers.get_all("Access-Control-Allow-Origin") == ["*"]
            assert response.headers["Access-Control-Allow-Credentials"] is None

    def test_sends_byte_range_uncompressed(self, site: Site):
        asked = self.FOREIGN | {"Range": "bytes=0-187", "Accept-Encoding": "gzip"}

        response, body = site.ask(site.linked_segment, **asked)

        assert (response.status, len(body)) == (206, 188)
        assert response.headers["Content-Encoding"] is None

    def test_opens_no_other_film_or_build(self, site: Site):
        film, build = f"/{site.film}/", f"b={site.build}"
        for path in (
            site.linked_segment.replace(film, f"/{site.film + 1}/"),
            site.linked_segment.replace(build, f"b={site.build + 1}"),
            site.linked_segment.replace(site.right, f"{'a' * 60}.{'b' * 43}"),
        ):
            response, _ = site.ask(path, **self.FOREIGN)

            assert response.status in (401, 404), path
            assert response.headers.get_all("Access-Control-Allow-Origin") == ["*"]

    def test_keeps_right_of_session_and_of_link_apart(self, site: Site):
        for _ in range(3):
            assert site.ask(site.linked_segment, Authorization="")[0].status == 200

        assert site.ask(site.segment, Authorization="")[0].status == 401

    def test_counts_viewing_of_silent_player(self, site: Site):
        for number in range(4):
            segment = site.linked_segment.replace("000.ts", f"{number:03d}.ts")
            asked = segment + "&CMCD=sid%3D%22x%22"
            assert site.ask(asked, Authorization="", Cookie="viewer=counted")[0].status == 200
        time.sleep(2)  # longer than notes wait in the process

        assert shell(site, STORED_VIEWS) == "1"

    def test_ends_within_seconds(self, site: Site):
        assert site.ask(site.linked_segment, Authorization="")[0].status == 200
        shell(site, END_LINKS)
        start = time.monotonic()
        while site.ask(site.linked_segment, Authorization="")[0].status != 401:
            assert time.monotonic() - start < RIGHTS_SECONDS + SLOWNESS
            time.sleep(0.1)


SLOW_HEAD = b"GET /api/video/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
SLOW_BODY = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\n"


@pytest.mark.parametrize(
    "beginning",
    [SLOW_HEAD, SLOW_BODY % b"/api/login/", SLOW_BODY % b"/api/video/upload/"],
    ids=["heads", "bodies", "uploads"],
)
def test_serves_others_beside_300_dripping_strangers(site: Site, beginning: bytes):
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=20))
            for _ in range(300)
        ]
        for client in clients:
            client.sendall(beginning)
        stack.enter_context(dripping(clients))
        time.sleep(2)
        started = time.monotonic()
        for number in range(20):
            assert site.ask(site.segment, Cookie=f"viewer={number}")[0].status == 200

        assert time.monotonic() - started < 5


def test_smuggles_no_request_in_body(site: Site):
    """Sent on to Django with the question for the right, its length would be a lie there."""
    smuggled = b"GET /api/video/999999/720p/000.ts HTTP/1.1\r\nHost: x\r\n\r\n"
    for number in range(4):  # each from a viewer whom nginx does not know
        lines = (
            f"GET {site.segment} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {site.token}",
            f"Cookie: viewer={number}",
            f"Content-Length: {len(smuggled)}",
            "Connection: close",
        )
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + smuggled)
            with connection.makefile("rb") as answer:
                content = answer.read()
        assert content.startswith(b"HTTP/1.1 200")
        assert content.count(b"HTTP/1.1") == 1
    assert site.ask(site.segment)[0].status == 200
