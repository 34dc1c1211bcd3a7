"""The README's two commands on a Debian that has nothing but Python and git.

`up` runs until a film can be watched and ends with 0; `test` is run when BARE_TESTS=1 asks.
"""

import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.site import until
from tests.stack import ROOT, free_port

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a chroot"),
    pytest.mark.skipif(not shutil.which("debootstrap"), reason="needs debootstrap"),
]
MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
PACKAGES = "ca-certificates,git,python3,python3-venv,procps"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
# In namespaces of its own: what is mounted and started there ends with it.
ENTER = f"""
mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"
exec chroot "$0" env -i HOME=/home/guest LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin \
    PORT="$PORT" SSL_CERT_FILE={CERTIFICATES} PIP_CERT={CERTIFICATES} \
    REQUESTS_CA_BUNDLE={CERTIFICATES} \
    setpriv --reuid=guest --regid=guest --init-groups sh -c "cd ~/clone && exec $1"
"""


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def machine(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Debian with a clean clone of this code, as its folder."""
    root = tmp_path_factory.mktemp(request.param)
    wanted = ["--variant=minbase", f"--include={PACKAGES}", request.param, str(root), MIRROR]
    subprocess.run(["debootstrap", *wanted], check=True, capture_output=True)
    shutil.copy(CERTIFICATES, f"{root}{CERTIFICATES}")
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", root / "etc" / name)
    subprocess.run(["chroot", str(root), "useradd", "-m", "guest"], check=True)
    subprocess.run(["git", "clone", "-q", str(ROOT), str(root / "home/guest/clone")], check=True)
    subprocess.run(["chroot", str(root), "chown", "-R", "guest:", "/home/guest"], check=True)
    yield root
    shutil.rmtree(root, ignore_errors=True)


def start(machine: Path, command: str, port: int) -> subprocess.Popen[bytes]:
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    enter = [*namespaces, "sh", "-c", ENTER, str(machine), command]
    with (machine / "log").open("wb") as log:
        env = os.environ | {"PORT": str(port)}
        return subprocess.Popen(enter, env=env, stdout=log, stderr=log)


def is_ready(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready/").status == 200)
    except OSError:
        return False


def innermost(pid: int) -> int:
    """The launcher, which the namespaces' helpers wait for."""
    while children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        pid = int(children[0])
        if b"videoflix" in Path(f"/proc/{pid}/cmdline").read_bytes():
            break
    return pid


def test_runs_from_clone_to_film(machine: Path) -> None:
    port = free_port()
    product = start(machine, "./videoflix up", port)
    try:
        until(lambda: is_ready(port) or product.poll() is not None, "ready", 300)
        assert product.poll() is None, (machine / "log").read_text()
        until(lambda: b"demo films are made" in (machine / "log").read_bytes(), "a film", 300)
        os.kill(innermost(product.pid), signal.SIGINT)
        assert product.wait(30) == 0
    finally:
        product.kill()


@pytest.mark.skipif(not os.environ.get("BARE_TESTS"), reason="takes half an hour: BARE_TESTS=1")
def test_passes_its_tests(machine: Path) -> None:
    tests = start(machine, "./videoflix test -q", free_port())
    assert tests.wait(3000) == 0, (machine / "log").read_text()[-3000:]
