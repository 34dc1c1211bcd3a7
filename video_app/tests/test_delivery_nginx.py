"""Behind a real nginx with the repository's own configuration for files."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bench.nginx import is_installed, running_nginx
from tests.stack import free_port, running_stack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_installed(), reason="needs nginx (Debian: apt install nginx-light)"),
]
ORIGIN = "http://localhost:4200"
SEED = """
import json
from tests.people import access_token, make_user
from video_app.tests.films import make_film
film = make_film()
print(json.dumps({"film": film.pk, "build": film.current_build_id,
                  "token": access_token(make_user())}))
"""


@dataclass(frozen=True)
class Site:
    port: int
    film: int
    build: int
    token: str

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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("nginx")
    with running_stack(directory, worker=False, MEDIA_ACCEL="nginx") as stack:
        seeded = json.loads(stack.manage("shell", "-v", "0", "-c", SEED))
        port = free_port()
        with running_nginx(directory / "nginx", stack.media, port, stack.port):
            yield Site(port, **seeded)


def test_the_bytes_come_from_nginx(site: Site):
    response, body = site.ask(site.segment)

    assert response.status == 200
    assert len(body) == 3760
    assert response.headers["X-Accel-Redirect"] is None
    assert response.headers["Content-Type"] == "video/MP2T"
    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_another_origin_may_read_them(site: Site):
    """nginx forgets Django's headers after X-Accel-Redirect, and hls.js would get nothing."""
    response, _ = site.ask(site.segment, Origin=ORIGIN)

    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "origin" in response.headers["Vary"].lower()
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_foreign_origin_may_not(site: Site):
    response, _ = site.ask(site.segment, Origin="https://evil.example")

    assert response.headers["Access-Control-Allow-Origin"] is None


def test_a_range_is_honoured(site: Site):
    response, body = site.ask(site.segment, Range="bytes=188-375", Origin=ORIGIN)

    assert (response.status, len(body)) == (206, 188)
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_head_tells_the_length(site: Site):
    response, body = site.ask(site.segment, "HEAD")

    assert (response.headers["Content-Length"], body) == ("3760", b"")


def test_what_the_client_has_is_not_sent_again(site: Site):
    tag = site.ask(site.segment)[0].headers["ETag"]

    assert site.ask(site.segment, **{"If-None-Match": tag})[0].status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/protected/hls/1/1/720p/000.ts",
        "/protected../hls/1/1/720p/000.ts",
        "/protected/../protected/hls/1/1/720p/000.ts",
        "/api/video/1/..%2f..%2fprotected/hls/1/1/720p/000.ts",
        "/api/video/1/720p/..%2f..%2f..%2fsecret_key",
    ],
)
def test_the_internal_place_is_internal(site: Site, path: str):
    assert site.ask(path)[0].status == 404


def test_without_a_right_there_are_no_bytes(site: Site):
    response, body = site.ask(site.segment, Authorization="Bearer nonsense", Origin=ORIGIN)

    assert response.status == 401
    assert set(json.loads(body)) == {"detail"}
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
