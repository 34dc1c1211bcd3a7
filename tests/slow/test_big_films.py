"""A film of more than 2 GB: uploaded, watched, deleted."""

import http.client
import json
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site, make_film, running_site, until

pytestmark = pytest.mark.timeout(900)
GIBIBYTE = 1024**3
BLOCK = 1024**2
MOST_MEMORY = 200 * 1024**2


def padded(film: Path, size: int) -> Path:
    """The film with a box that nobody reads in its middle: index, room, pictures."""
    content = film.read_bytes()
    room = size - len(content)
    with film.open("wb") as file:
        file.write(content + struct.pack(">I4sQ", 1, b"free", room))
        file.truncate(size - 1)
        file.seek(size - 1)
        file.write(b"\1")
        # A file that ends in zeros was cut off.
        file.seek(size - 8192)
        file.write(b"\1" * 8192)
    return film


def memory(pid: int) -> int:
    """The most that a process has used, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def blocks(path: Path, head: bytes, tail: bytes) -> Iterator[bytes]:
    yield head
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
    yield tail


def upload(site: Site, film: Path) -> int:
    """As a form of a browser; the file is never in memory."""
    boundary = "a-boundary-that-no-film-has"
    start = f"--{boundary}\r\nContent-Disposition: form-data; name="
    head = "".join(
        f'{start}"{name}"\r\n\r\n{value}\r\n'
        for name, value in {"title": "Two gigabytes", "category": "drama"}.items()
    )
    head += f'{start}"video_file"; filename="big.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
    tail = f"\r\n--{boundary}--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", site.stack.port, timeout=300)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + film.stat().st_size + len(tail)),
        "Cookie": site.cookies(),
    }
    body = blocks(film, head.encode(), tail.encode())
    connection.request("POST", "/api/video/upload/", body, headers)
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    return int(json.loads(answer.read())["id"])


def test_takes_two_gigabytes_and_leaves_nothing_of_them(tmp_path: Path) -> None:
    film = padded(make_film(tmp_path / "big.mp4", 30), 2 * GIBIBYTE + 12345)
    with running_site(tmp_path / "site") as site:
        video = upload(site, film)
        until(lambda: site.status(video)["progress"] > 0, "watchable", 20)
        site.wait_for(video)
        site.assert_whole(video)
        web = site.stack.processes["web"].pid
        assert max(memory(pid) for pid in (web, *children(web))) < MOST_MEMORY
        plan, _ = site.plan(video)
        for number in (0, plan.segments - 1):
            assert site.get(f"/api/video/{video}/360p/{number:03}.ts")

        site.delete(video)
        time.sleep(1)
        until(lambda: not site.leftovers(), "nothing left", 60)
