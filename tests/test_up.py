"""`./videoflix up` with real processes: it starts all of them, and none outlives it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.runlock import published_redis
from tests.stack import ROOT, free_port
from tests.test_launcher import installation

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
READY = "Ctrl-C stops everything"


class Up:
    """A running `up` in folders of its own."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self.folder = folder
        self.port = free_port()
        environ |= {"PORT": str(self.port), "PATH": os.environ["PATH"]}
        self.installation = installation(folder, **environ)
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "videoflix"), "up", *arguments],
                cwd="/",
                env=self.installation.environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_until_it_says(self, text: str) -> None:
        wait_until(lambda: text in self.said or self.process.poll() is not None)
        assert text in self.said, self.said

    def send(self, number: int) -> int:
        """Signal the launcher; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def pids(self, word: str = "") -> list[int]:
        """Processes of this `up`: by environment, command line or working directory."""
        return [pid for pid, text in processes() if str(self.folder) in text and word in text]


def processes() -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                folder = (entry / "cwd").readlink()
                yield int(entry.name), f"{words.decode(errors='replace')} {folder}"
            except OSError:
                continue


def wait_until(holds: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@contextmanager
def running(folder: Path, *arguments: str, **environ: str) -> Iterator[Up]:
    up = Up(folder, *arguments, **environ)
    try:
        yield up
    finally:
        for pid in [up.process.pid, *up.pids()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        up.process.wait()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with running(tmp_path_factory.mktemp("up"), "--no-demo") as started:
        started.wait_until_it_says(READY)
        yield started


def test_it_says_where_to_go_and_how_to_sign_in(up: Up) -> None:
    password = (up.folder / "var/admin_password").read_text()

    assert f"http://127.0.0.1:{up.port}/" in up.said
    assert f"Password           {password}" in up.said


def test_says_where_mails_are_read(up: Up) -> None:
    (line,) = [line for line in up.said.splitlines() if line.strip().startswith("Mails")]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(line.split()[1]) as answer:
        assert answer.status == 200


def test_the_site_answers(up: Up) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{up.port}/health/") as answer:
        assert b'"status": "ok"' in answer.read()


def test_secrets_are_for_the_owner_only(up: Up) -> None:
    for name in ("admin_password", "secret_key", "redis_url", "valkey/valkey.conf"):
        assert (up.folder / "var" / name).stat().st_mode & 0o077 == 0


def test_the_built_in_redis_wants_its_password(up: Up) -> None:
    url = published_redis(up.installation)

    assert re.fullmatch(r"redis://:[\w-]{20,}@127\.0\.0\.1:\d+/0", url)


def test_a_second_up_says_that_there_is_one(up: Up) -> None:
    again = subprocess.run(
        [sys.executable, str(ROOT / "videoflix"), "up"],
        env=up.installation.environ,
        capture_output=True,
        text=True,
    )

    assert again.returncode == 1
    assert (
        again.stdout == f"videoflix: Videoflix is already running at http://127.0.0.1:{up.port}\n"
    )


def test_manage_speaks_to_the_running_redis(up: Up) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "videoflix"), "manage", "rqstats", "--json"],
        env=up.installation.environ,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert '"workers": 1' in done.stdout


@pytest.mark.faults
def test_a_web_process_that_dies_is_started_again(up: Up) -> None:
    os.kill(master(up), signal.SIGKILL)

    up.wait_until_it_says("web has died and is started again")
    wait_until(lambda: answers(f"http://127.0.0.1:{up.port}/healthz"))


@pytest.mark.faults
def test_a_worker_that_dies_leaves_nothing_and_is_started_again(up: Up) -> None:
    before = up.pids("rqworker")
    supervisor = min(set(up.pids("manage.py\0worker")) - set(before))

    os.kill(supervisor, signal.SIGKILL)

    up.wait_until_it_says("worker has died and is started again")
    wait_until(lambda: len(up.pids("rqworker")) == len(before))
    assert not set(before) & set(up.pids("rqworker"))


@pytest.mark.faults
def test_redis_may_die_any_number_of_times(up: Up) -> None:
    for number in range(7):
        wait_until(lambda: up.pids("valkey-server"))
        os.kill(up.pids("valkey-server")[0], signal.SIGKILL)
        wait_until(lambda n=number: up.said.count("The built-in Redis has died") > n)
    wait_until(lambda: answers(f"http://127.0.0.1:{up.port}/health/"))


@pytest.mark.faults
def test_sets_damaged_snapshot_of_redis_aside(tmp_path: Path) -> None:
    snapshot = tmp_path / "var" / "valkey" / "dump.rdb"
    snapshot.parent.mkdir(parents=True)
    snapshot.write_bytes(b"REDIS0011 and then nonsense")
    with running(tmp_path, "--no-demo") as up:
        up.wait_until_it_says(READY)
        assert snapshot.with_suffix(".damaged").exists()


def master(up: Up) -> int:
    return min(up.pids("gunicorn"))


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except OSError:
        return False
    return True


# --- the end ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.faults),
        pytest.param(signal.SIGHUP, marks=pytest.mark.faults),
    ],
)
def test_a_signal_stops_everything_and_is_no_failure(tmp_path: Path, number: int) -> None:
    with running(tmp_path, "--no-demo") as up:
        up.wait_until_it_says(READY)
        assert len(up.pids()) >= 6

        code = up.send(number)

        assert code == 0
        assert up.pids() == []
        assert up.said.rstrip().endswith("Videoflix has stopped.")


def test_a_signal_stops_a_running_ffmpeg(tmp_path: Path) -> None:
    with running(tmp_path) as up:
        wait_until(lambda: up.pids("lavfi"))

        code = up.send(signal.SIGINT)

        assert code == 0
        assert up.pids() == []


@pytest.mark.faults
def test_not_even_the_launchers_violent_death_leaves_anything(tmp_path: Path) -> None:
    with running(tmp_path) as up:
        wait_until(lambda: up.pids("hls_time"), seconds=180)  # a worker's ffmpeg

        up.send(signal.SIGKILL)

        wait_until(lambda: up.pids() == [], seconds=45)


@pytest.mark.faults
def test_an_up_after_a_violent_death_works(tmp_path: Path) -> None:
    with running(tmp_path, "--no-demo") as up:
        up.wait_until_it_says(READY)
        up.send(signal.SIGKILL)
        wait_until(lambda: up.pids() == [], seconds=45)

    with running(tmp_path, "--no-demo") as up:
        up.wait_until_it_says(READY)


def test_settings_that_cannot_be_read_end_it_with_the_reason(tmp_path: Path) -> None:
    with running(tmp_path, "--no-demo", WEB_THREADS="many") as up:
        code = up.process.wait(30)

        assert code == 1
        assert "WEB_THREADS=many is not allowed" in up.said
        assert up.pids() == []


# --- the first password ---------------------------------------------------------------

CHANGE = """
from django.contrib.auth import get_user_model
admin = get_user_model().objects.get()
admin.set_password("one-that-a-person-chose")
admin.save()
"""


def test_shows_the_first_password_only_while_it_holds(tmp_path: Path) -> None:
    with running(tmp_path, "--no-demo") as up:
        up.wait_until_it_says(READY)
        first = (tmp_path / "var/admin_password").read_text()
        assert first in up.said
        up.send(signal.SIGINT)

    with running(tmp_path, "--no-demo") as up:
        up.wait_until_it_says(READY)
        assert f"Password           {first}" in up.said
        manage = [sys.executable, str(ROOT / "videoflix"), "manage", "shell", "-c", CHANGE]
        subprocess.run(manage, env=up.installation.environ, check=True, capture_output=True)
        up.send(signal.SIGINT)

    with running(tmp_path, "--no-demo") as up:
        up.wait_until_it_says(READY)
        assert first not in up.said
        assert "Password           as you set it" in up.said
