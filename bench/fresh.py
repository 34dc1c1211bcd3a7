"""A freshly installed product with the defaults of `./videoflix up`, and its first user."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bench.clips import CACHE
from bench.viewer import Viewer

ROOT = Path(__file__).resolve().parent.parent
EMAIL = "admin@videoflix.local"
START_SECONDS, STOP_SECONDS = 120.0, 60.0
SETTLE_SECONDS = 3.0  # for workers that have just begun
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Fresh:
    url: str
    password: str
    pid: int  # of `up`, the parent of all its processes
    media: Path

    def sign_in(self) -> Viewer:
        return Viewer(self.url, EMAIL, self.password)


@contextmanager
def fresh_product() -> Iterator[Fresh]:
    """SQLite, its own Valkey and no demo films, in a folder that is removed afterwards."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="arrival-", dir=CACHE) as name:
        folder = Path(name)
        url, env = _settings(folder)
        signal.signal(signal.SIGTERM, _stop)  # ends as Ctrl-C does: nothing is left running
        log = folder / "up.log"
        with log.open("wb") as output:
            command = [sys.executable, str(ROOT / "videoflix"), "up", "--no-demo"]
            process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
        try:
            _wait_until_ready(process, url, log)
            time.sleep(SETTLE_SECONDS)
            password = (folder / "var/admin_password").read_text()
            yield Fresh(url, password, process.pid, folder / "media")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _settings(folder: Path) -> tuple[str, dict[str, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    folders = {"VAR_DIR": str(folder / "var"), "MEDIA_ROOT": str(folder / "media")}
    return f"http://127.0.0.1:{port}", inherited | folders | {"PORT": port, "IGNORE_DOTENV": "1"}


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(f"{url}/health/ready/"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Videoflix does not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except (urllib.error.URLError, OSError):
        return False
    return True
