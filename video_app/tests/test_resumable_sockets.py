"""Resumable uploads over real connections: cut, stuck, killed, through nginx, by tuspy."""

import http.client
import json
import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient

from bench.load import family
from bench.nginx import is_installed
from tests.stack import Stack, running_stack
from tests.test_nginx_logs import running as running_nginx

MEGABYTE = 1024**2
BODY = os.urandom(6 * MEGABYTE + 333)
SEED = """
from tests.people import access_token, make_user
from video_app.store import identity
identity.check()
print(access_token(make_user("staff", is_staff=True, is_superuser=True)))
"""
LARGEST_PROCESS = 200 * 1024**2


@dataclass
class Site:
    stack: Stack
    token: str
    port: int

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        """The answer's status and headers; `body` holds its JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, self.headers | given)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response, json.loads(text) if text else None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0"}

    def begin(self, length: int = len(BODY)) -> Any:
        about = {"Upload_Length": str(length), "Upload_Metadata": "filename YS5tcDQ="}
        return self.ask("POST", "/api/uploads/", **about)[1]

    def offset(self, upload: Any) -> int:
        return int(self.ask("HEAD", upload["url"])[0].headers["Upload-Offset"])

    def send(self, upload: Any, offset: int, body: bytes) -> int:
        about = {"Upload_Offset": str(offset), "Content_Type": "application/offset+octet-stream"}
        return int(self.ask("PATCH", upload["url"], body, **about)[0].status)

    @contextmanager
    def sending(self, upload: Any, length: int, token: str = "") -> Iterator[socket.socket]:
        """A connection that has announced `length` bytes from the start."""
        lines = [
            f"PATCH {upload['url']} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {token or self.token}",
            "Tus-Resumable: 1.0.0",
            "Upload-Offset: 0",
            f"Content-Length: {length}",
            "Content-Type: application/offset+octet-stream",
        ]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
            yield connection

    def stored(self, upload: Any) -> bytes:
        code = f"from video_app.models import Video; v = Video.objects.get(pk={upload['video']});"
        key = self.stack.manage("shell", "-v", "0", "-c", f"{code} print(v.video_file.name)")
        return (self.stack.media / key.strip()).read_bytes()

    def wait_for_offset(self, upload: Any, least: int) -> None:
        deadline = time.monotonic() + 10
        while self.offset(upload) < least:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("uploads")
    with running_stack(directory, worker=False, WEB_WORKERS="1", WEB_STALL_SECONDS="8") as stack:
        stack.media.mkdir(exist_ok=True)
        token = stack.manage("shell", "-v", "0", "-c", SEED).strip()
        yield Site(stack, token, stack.port)


def peak_memory(pid: int) -> int:
    """Bytes that a process has had at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def reset(connection: socket.socket) -> None:
    """End it as a machine does that is gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class TestInterrupted:
    @pytest.mark.parametrize("end", [socket.socket.close, reset])
    def test_keeps_what_came_before_cut(self, site: Site, end: Any):
        upload = site.begin()
        with site.sending(upload, len(BODY)) as connection:
            connection.sendall(BODY[: 4 * MEGABYTE + 99])
            site.wait_for_offset(upload, 3 * MEGABYTE)
            end(connection)

        time.sleep(0.2)
        offset = site.offset(upload)
        assert 3 * MEGABYTE <= offset <= 4 * MEGABYTE + 99
        assert site.send(upload, offset, BODY[offset:]) == 204
        assert site.stored(upload) == BODY

    def test_goes_on_beside_stuck_sender(self, site: Site):
        upload = site.begin()
        with site.sending(upload, len(BODY)) as stuck:
            stuck.sendall(BODY[: 2 * MEGABYTE + 5])
            site.wait_for_offset(upload, 2 * MEGABYTE)
            began, offset = time.monotonic(), site.offset(upload)

            assert site.send(upload, offset, BODY[offset : 5 * MEGABYTE]) == 204
            assert time.monotonic() - began < 5
            with suppress(OSError):
                stuck.sendall(bytes(4 * MEGABYTE))
            time.sleep(0.2)

        assert site.offset(upload) == 5 * MEGABYTE
        assert site.send(upload, 5 * MEGABYTE, BODY[5 * MEGABYTE :]) == 204
        assert site.stored(upload) == BODY

    def test_survives_killed_server(self, site: Site):
        upload = site.begin()
        with site.sending(upload, len(BODY)) as connection:
            connection.sendall(BODY[: 5 * MEGABYTE])
            site.wait_for_offset(upload, 4 * MEGABYTE)
            for pid in family(site.stack.processes["web"].pid):
                os.kill(pid, signal.SIGKILL)
        site.stack.stop("web", kill=True)
        site.stack.start_web()

        offset = site.offset(upload)

        assert offset >= 4 * MEGABYTE
        assert site.send(upload, offset, BODY[offset:]) == 204
        assert site.stored(upload) == BODY

    def test_makes_one_film_when_last_answer_is_lost(self, site: Site):
        upload = site.begin()
        with site.sending(upload, len(BODY)) as connection:
            connection.sendall(BODY)
            site.wait_for_offset(upload, len(BODY))
            reset(connection)

        assert site.offset(upload) == len(BODY)
        assert site.ask("GET", upload["url"])[1]["is_finished"]
        assert site.stored(upload) == BODY


class TestRefused:
    def test_refuses_stranger_before_first_byte(self, site: Site):
        upload = site.begin()
        with site.sending(upload, 10**9, token="nonsense") as connection:
            assert connection.recv(100).split()[1] == b"401"

    def test_keeps_connection_in_step_after_refusal(self, site: Site):
        """What was not read of a refused body is no request."""
        upload = site.begin()
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
        about = site.headers | {"Upload-Offset": "7"}
        about["Content-Type"] = "application/offset+octet-stream"
        connection.request("PATCH", upload["url"], BODY[:50_000], about)
        answer = connection.getresponse()
        assert answer.status == 409
        answer.read()

        connection.request("HEAD", upload["url"], headers=site.headers)

        assert connection.getresponse().status == 200
        connection.close()


class TestMemory:
    def test_stays_constant(self, site: Site):
        length = 160 * MEGABYTE
        upload = site.begin(length)
        with site.sending(upload, length) as connection:
            for _ in range(length // MEGABYTE):
                connection.sendall(BODY[:MEGABYTE])
            assert connection.recv(100).split()[1] == b"204"

        web = family(site.stack.processes["web"].pid)
        assert max(map(peak_memory, web)) < LARGEST_PROCESS
        site.ask("DELETE", upload["url"])


@pytest.fixture(scope="module")
def proxied(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("nginx")
    web = f"127.0.0.1:{site.stack.port}"
    with running_nginx(directory, web=web, upload_limit="100m") as (_, port):
        yield Site(site.stack, site.token, port)


@pytest.mark.skipif(not is_installed(), reason="needs nginx (Debian: apt install nginx-light)")
class TestThroughNginx:
    def test_arrives(self, proxied: Site):
        upload = proxied.begin()

        assert proxied.send(upload, 0, BODY) == 204
        assert proxied.stored(upload) == BODY

    def test_holds_nothing_back(self, proxied: Site):
        upload = proxied.begin()
        with proxied.sending(upload, len(BODY)) as connection:
            connection.sendall(BODY[: 5 * MEGABYTE])
            proxied.wait_for_offset(upload, 4 * MEGABYTE)
            connection.close()

        time.sleep(0.2)
        assert proxied.offset(upload) >= 4 * MEGABYTE

    def test_takes_more_than_eight_at_once(self, proxied: Site):
        uploads = [proxied.begin() for _ in range(10)]
        senders = []
        for upload in uploads:
            sender = proxied.sending(upload, len(BODY))
            senders.append(sender)
            sender.__enter__().sendall(BODY[: MEGABYTE + 1])

        for upload in uploads:
            proxied.wait_for_offset(upload, MEGABYTE)
        for sender in senders:
            sender.__exit__(None, None, None)


class TestTuspy:
    def test_uploads(self, site: Site, tmp_path: Path):
        path = tmp_path / "film.mp4"
        path.write_bytes(BODY)
        client = TusClient(f"{site.stack.url}/api/uploads/", headers=site.headers)
        about = {"filename": "film.mp4", "title": "By tuspy"}

        with path.open("rb") as file:
            given = {"file_stream": file, "chunk_size": MEGABYTE, "upload_checksum": True}
            uploader = client.uploader(metadata=about, **given)
            uploader.upload(stop_at=3 * MEGABYTE)
            again = client.uploader(url=uploader.url, **given)
            again.upload()

        upload = site.ask("GET", uploader.url.removeprefix(site.stack.url))[1]
        assert (again.offset, upload["title"]) == (len(BODY), "By tuspy")
        assert site.stored(upload) == BODY
