"""A film uploaded in parts of 16 MiB, side by side with a plain nginx `PUT` followed by fsync."""

import argparse
import base64
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import nginx
from bench.steps import step
from tests.stack import Stack, free_port, running_stack

MEBIBYTE = 1024**2
PART = 16 * MEBIBYTE
SEED = """
from tests.people import access_token, make_user
from video_app.store import identity
identity.check()
print(access_token(make_user("staff", is_staff=True, is_superuser=True)))
"""
CONFIG = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path {folder}/body;
    server {{ listen 127.0.0.1:{port}; location / {{ root {folder}/put; dav_methods PUT; }} }}
}}
"""


def main() -> None:
    asked = _arguments()
    if not nginx.is_installed():
        sys.exit("nginx is not installed: there is nothing to compare with.")
    body = os.urandom(PART)
    parts = asked.megabytes * MEBIBYTE // PART
    with TemporaryDirectory() as given:
        folder = Path(given)
        with running_stack(folder / "site", worker=False) as stack, _plain(folder) as port:
            token = stack.manage("shell", "-v", "0", "-c", SEED).strip()
            for number in range(asked.rounds):
                step(f"round {number + 1} of {asked.rounds}")
                _free_memory(folder / "pages", parts)
                ours = _per_second(parts, lambda: _upload(stack, token, body, parts))
                _free_memory(folder / "pages", parts)
                plain = _per_second(parts, lambda: _put(port, folder, body, parts))
                _say(ours, plain)
            gibibytes = asked.rounds * parts * PART / 1024**3
            _tell(f"CPU of web: {_cpu(stack) / gibibytes:.1f} s for a GiB, starting included")
            _tell(f"most memory of a web process: {_peak(stack) / MEBIBYTE:.0f} MiB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="videoflix bench upload", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=512, help="MiB of the film")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _free_memory(path: Path, parts: int) -> None:
    """As many pages as a transfer fills: a virtual machine's host gives out those that it took
    back at a twentieth of the speed."""
    with path.open("wb") as file:
        for _ in range(parts):
            file.write(os.urandom(PART))
    os.sync()
    path.unlink()


def _per_second(parts: int, transfer: Callable[[], None]) -> float:
    """MiB per second until all of it is on the disk."""
    began = time.monotonic()
    transfer()
    return parts * PART / MEBIBYTE / (time.monotonic() - began)


def _upload(stack: Stack, token: str, body: bytes, parts: int) -> None:
    """As our page does it: one connection, part after part."""
    headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    name = base64.b64encode(b"film.mp4").decode()
    about = {"Upload-Length": str(parts * PART), "Upload-Metadata": f"filename {name}"}
    with closing(http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)) as connection:
        connection.request("POST", "/api/uploads/", headers=headers | about)
        url = json.loads(connection.getresponse().read())["url"]
        kind = {"Content-Type": "application/offset+octet-stream"}
        for number in range(parts):
            offset = {"Upload-Offset": str(number * PART)}
            connection.request("PATCH", url, body, headers | kind | offset)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == http.client.NO_CONTENT, answer.status
        connection.request("DELETE", url, headers=headers)
        connection.getresponse().read()


def _put(port: int, folder: Path, body: bytes, parts: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        length = {"Content-Length": str(parts * PART)}
        connection.request("PUT", "/film.mp4", (body for _ in range(parts)), length)
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (http.client.CREATED, http.client.NO_CONTENT), answer.status
    path = folder / "put" / "film.mp4"
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.unlink()


@contextmanager
def _plain(folder: Path) -> Iterator[int]:
    """An nginx that takes files, and nothing else; its port."""
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "put").mkdir()
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, user=user))
    process = subprocess.Popen(["nginx", "-c", str(config), "-p", str(folder)])
    try:
        time.sleep(1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _web(stack: Stack) -> list[int]:
    web = stack.processes["web"].pid
    children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
    return [web, *map(int, children)]


def _cpu(stack: Stack) -> float:
    """Seconds of all web processes."""
    texts = (Path(f"/proc/{pid}/stat").read_text() for pid in _web(stack))
    fields = (text.rpartition(")")[2].split() for text in texts)
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def _peak(stack: Stack) -> int:
    """Bytes of the web process that has had most."""
    texts = (Path(f"/proc/{pid}/status").read_text() for pid in _web(stack))
    return max(1024 * int(text.partition("VmHWM:")[2].split()[0]) for text in texts)


def _say(ours: float, plain: float) -> None:
    _tell(f"upload {ours:.0f} MiB/s, nginx PUT + fsync {plain:.0f} MiB/s: {ours / plain:.2f} x")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
