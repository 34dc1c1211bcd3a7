"""Ranges, validators, compression and who sends the bytes."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from tests.people import make_user, signed_in
from video_app.streaming import conditions, delivery
from video_app.tests.films import make_film, write

pytestmark = pytest.mark.django_db
BODY = bytes(range(256)) * 4
SIZE = len(BODY)


def ask(key: str = "probe/a.ts", method: str = "GET", **headers: str) -> Any:
    write("probe/a.ts", BODY)
    request = RequestFactory().generic(method, "/", headers=headers)
    response = delivery.send_file(request, key, etag="7", cache_control="private")
    if response.streaming:
        body = response.getvalue()
        response.close()
        response.streaming_content = [body]
    return response


def test_sends_length_and_validators_of_whole_file():
    response = ask()

    assert response.getvalue() == BODY
    assert response.status_code == 200
    assert response["Content-Length"] == str(SIZE)
    assert response["ETag"] == '"7"'
    assert response["Accept-Ranges"] == "bytes"
    assert "Last-Modified" in response


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, SIZE),
        ("bytes=-10", SIZE - 10, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        (f"bytes=1000-{10**15}", 1000, SIZE),
        (f"bytes={SIZE - 1}-{SIZE - 1}", SIZE - 1, SIZE),
    ],
)
def test_returns_206_for_single_range(asked: str, start: int, end: int):
    response = ask(Range=asked)

    assert response.status_code == 206
    assert response.getvalue() == BODY[start:end]
    assert response["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert response["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=9999999999-", "bytes=-0"])
def test_returns_416_for_range_outside_file(asked: str):
    response = ask(Range=asked)

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"
    assert response["Content-Length"] == "0"
    assert response["Content-Security-Policy"] == conditions.POLICY


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-6",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(1000)),
        "bytes=9-1",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1\x00",
        "lines=0-1",
        "bytes=" + "9" * 400 + "-",
        "",
    ],
)
def test_ignores_unsupported_ranges(asked: str):
    response = ask(Range=asked)

    assert response.status_code == 200
    assert response.getvalue() == BODY


def test_ignores_range_of_another_version():
    assert ask(Range="bytes=0-1", **{"If-Range": '"6"'}).status_code == 200


def test_honours_range_of_this_version():
    modified = ask()["Last-Modified"]

    assert ask(Range="bytes=0-1", **{"If-Range": '"7"'}).status_code == 206
    assert ask(Range="bytes=0-1", **{"If-Range": modified}).status_code == 206


def test_returns_304_for_known_etag():
    response = ask(**{"If-None-Match": '"7"'})

    assert response.status_code == 304
    assert response.content == b""
    assert response["ETag"] == '"7"'
    assert response["Cache-Control"] == "private"


def test_returns_304_for_unmodified_file():
    assert ask(**{"If-Modified-Since": ask()["Last-Modified"]}).status_code == 304


def test_returns_412_for_another_version():
    assert ask(**{"If-Match": '"6"'}).status_code == 412


@pytest.mark.parametrize(("asked", "status"), [({}, 200), ({"Range": "bytes=0-9"}, 206)])
def test_answers_head_like_get(asked: dict[str, str], status: int):
    head, get = ask(method="HEAD", **asked), ask(**asked)

    assert head.status_code == get.status_code == status
    assert head["Content-Length"] == get["Content-Length"]
    assert head.content == b""


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_closes_every_file():
    ask()
    before = open_files()

    ask(method="HEAD")
    ask(Range="bytes=9999-")
    ask(**{"If-None-Match": '"7"'})
    ask(Range="bytes=0-1")

    assert open_files() == before


def test_ignores_symbolic_links():
    write("probe/secret", b"secret")
    link = Path(settings.MEDIA_ROOT) / "probe/link.ts"
    link.symlink_to("secret")

    with pytest.raises(OSError, match="symbolic links"):
        ask("probe/link.ts")
    link.unlink()


def test_names_file_to_nginx(settings: Any):
    settings.MEDIA_ACCEL = "nginx"
    write("probe/ä b.ts", b"segment")

    response = ask("probe/ä b.ts", Range="bytes=0-1")

    assert response.status_code == 200
    assert response["X-Accel-Redirect"] == "/protected/probe/%C3%A4%20b.ts"
    assert response["Content-Type"] == "video/MP2T"
    assert response["Content-Length"] == "0"  # or it would hang up on us


class TestPlaylists:
    @pytest.fixture
    def member(self, db: None) -> Client:
        return signed_in(make_user())

    @pytest.fixture
    def url(self, db: None) -> str:
        return f"/api/video/{make_film(segments=40).pk}/360p/index.m3u8"

    def test_compresses_on_request(self, member: Client, url: str):
        plain = member.get(url)
        small = member.get(url, headers={"Accept-Encoding": "br, gzip"})

        assert small["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.content) == plain.content
        assert len(small.content) < len(plain.content) / 3
        assert "Accept-Encoding" in small["Vary"]

    @pytest.mark.parametrize(
        "accepted", ["", "identity", "gzip;q=0", "br, gzip; q=0.000, *", "xgzip"]
    )
    def test_sends_plain_text_otherwise(self, member: Client, url: str, accepted: str):
        assert "Content-Encoding" not in member.get(url, headers={"Accept-Encoding": accepted})

    @pytest.mark.parametrize("accepted", ["GZIP", "gzip;q=0.5", "br;q=0, gzip"])
    def test_reads_accept_encoding(self, member: Client, url: str, accepted: str):
        response = member.get(url, headers={"Accept-Encoding": accepted})

        assert response["Content-Encoding"] == "gzip"

    def test_sends_segments_uncompressed(self, member: Client, url: str):
        response = member.get(
            url.replace("index.m3u8", "000.ts"), headers={"Accept-Encoding": "gzip"}
        )

        assert "Content-Encoding" not in response

    def test_returns_304_for_unchanged_playlist(self, member: Client, url: str):
        tag = member.get(url)["ETag"]

        response = member.get(url, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})

        assert response.status_code == 304
        assert response["Cache-Control"] == "private, no-cache"

    def test_sends_length_on_head(self, member: Client, url: str):
        assert member.head(url)["Content-Length"] == str(len(member.get(url).content))
