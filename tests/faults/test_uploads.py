"""Uploads to a disk that is full, read-only or away: refused in words, and nothing is spooled."""

import http.client
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.site import Site, running_site
from video_app.store.identity import MARK

pytestmark = [pytest.mark.slow, pytest.mark.ffmpeg, pytest.mark.folder]
API, ADMIN = "/api/video/upload/", "/admin/video_app/video/add/"
MEGABYTE = 1024 * 1024
HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nA film\r\n'
    b'--x\r\nContent-Disposition: form-data; name="video_file"; filename="a.mp4"\r\n\r\n'
)


def mount(*words: str) -> bool:
    return not subprocess.run(["mount", *words], capture_output=True).returncode


@pytest.fixture(scope="module")
def any_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("small")
    with running_site(directory, worker=False) as site:
        site.stack.manage("shell", "-c", "from video_app.store import identity; identity.check()")
        yield site


@pytest.fixture
def site(any_site: Site) -> Iterator[Site]:
    """A site whose media lie on an empty volume of 16 MB."""
    media = any_site.stack.media
    mark = (media / MARK).read_bytes()
    if os.geteuid() or not mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", str(media)):
        pytest.skip("needs the right to mount a small volume (root)")
    (media / MARK).write_bytes(mark)
    yield any_site
    subprocess.run(["umount", str(media)], capture_output=True)


def post(
    site: Site, path: str, size: int, sent: int = 0, half_way: Callable[[], object] = str
) -> tuple[int, str]:
    """Announce a form of `size` bytes and send `sent` of them; status and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", site.stack.port, timeout=10)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(size))
    connection.putheader("Cookie", site.cookies())
    connection.putheader("Origin", site.stack.url)
    connection.endheaders()
    with suppress(BrokenPipeError, ConnectionResetError):  # the answer came first
        body = (HEAD + bytes(sent))[:sent]
        connection.send(body[: sent // 2])
        half_way()
        connection.send(body[sent // 2 :])
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


def spooled(site: Site) -> list[Path]:
    return [p for p in site.stack.media.rglob("*") if p.is_file() and p.name != MARK]


@pytest.mark.parametrize("path", [API, ADMIN])
def test_refuses_unread_what_is_larger_than_the_free_space(site: Site, path: str) -> None:
    status, said = post(site, path, 64 * MEGABYTE)

    assert status == 507
    assert "no room left" in said
    assert spooled(site) == []


@pytest.mark.parametrize("path", [API, ADMIN])
def test_refuses_unread_while_the_disk_is_read_only(site: Site, path: str) -> None:
    assert mount("-o", "remount,ro", str(site.stack.media))

    status, said = post(site, path, 4 * MEGABYTE)

    assert status == 503
    assert "cannot be written to" in said


@pytest.mark.parametrize("path", [API, ADMIN])
def test_tells_of_a_disk_that_fills_up_meanwhile(site: Site, path: str) -> None:
    filler = site.stack.media / "filler"

    def fill() -> None:
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(bytes(MEGABYTE)):
                continue

    status, said = post(site, path, 12 * MEGABYTE, 12 * MEGABYTE, fill)

    assert status == 507
    assert "no room left" in said
    assert spooled(site) == [filler]


def test_never_makes_media_anew_that_are_away(site: Site, short_film: Path) -> None:
    site.upload(short_film)
    media, elsewhere = site.stack.media, site.stack.media.with_name("elsewhere")
    subprocess.run(["umount", str(media)], check=True)
    media.rename(elsewhere)

    status, said = post(site, API, 4 * MEGABYTE)

    assert status == 503
    assert "away" in said
    assert not media.exists()
    elsewhere.rename(media)


def test_tells_of_a_small_upload_that_finds_no_room(site: Site) -> None:
    """It comes in memory, so that nothing is spooled; the form's own page says it."""
    (site.stack.media / "filler").write_bytes(bytes(15 * MEGABYTE))
    with suppress(OSError), (site.stack.media / "rest").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            continue

    film = site.stack.directory / "tiny.mp4"
    film.write_bytes(bytes(64 * 1024))
    with film.open("rb") as file:
        page = site.submit(ADMIN, {"title": "A", "category": "drama", "video_file": file})

    assert b"cannot" in page or b"no room left" in page
    assert sorted(path.name for path in spooled(site)) == ["filler", "rest"]
