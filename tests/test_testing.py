"""`./videoflix test` ends everything that it started, whichever way it is ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.stack import ROOT
from tests.test_up import processes, wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.timeout(180),
]
HANGING = """
import subprocess, time
import pytest
from tests.stack import running_stack

FILM = ["ffmpeg", "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2"]

@pytest.fixture
def stack(tmp_path):
    with running_stack(tmp_path / "stack") as running:
        yield running

def test_hangs(stack, tmp_path):
    subprocess.Popen([*FILM, "-y", str(tmp_path / "film.mp4")], start_new_session=True)
    (tmp_path / "started").touch()
    while True:
        try:
            time.sleep(600)
        except KeyboardInterrupt:
            if not STUBBORN:
                raise
"""
# As `./videoflix test`, but for the installation.
LAUNCH = """
import os, sys
from launcher import testing
from launcher.installation import Installation

testing.ensure_venv = lambda *_: None
testing.GRACE_SECONDS = float(sys.argv[1])
sys.exit(testing.test(Installation(os.environ), sys.argv[2:]))
"""


class Run:
    """A test run that hangs, with everything that the product consists of."""

    def __init__(self, folder: Path, *words: str, stubborn: bool = False) -> None:
        self.folder = folder
        (folder / "test_hanging.py").write_text(f"STUBBORN = {stubborn}\n{HANGING}")
        files = [str(folder / "test_hanging.py"), f"--basetemp={folder / 'base'}"]
        command = [sys.executable, "-c", LAUNCH, "2" if stubborn else "20"]
        self.process = subprocess.Popen(
            [*command, *words, "-c", str(ROOT / "pytest.ini"), *files],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "STARTED_FROM": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_until_it_hangs(self) -> None:
        wait_until(lambda: list(self.folder.glob("base/**/started")))

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def left(self) -> list[str]:
        """Command lines and environments that name this run's folder."""
        return [text for pid, text in processes() if str(self.folder) in text]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for pid, text in processes():
        if str(tmp_path) in text:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGTERM, ["-n", "1"]),
        pytest.param(signal.SIGINT, ["-n", "0"], marks=pytest.mark.faults),
        pytest.param(signal.SIGHUP, ["-n", "1"], marks=pytest.mark.faults),
        pytest.param(signal.SIGTERM, ["-n", "0", "--postgres"], marks=pytest.mark.faults),
    ],
)
def test_leaves_nothing_after_a_signal(folder: Path, number: int, words: list[str]) -> None:
    run = Run(folder, *words)
    run.wait_until_it_hangs()
    assert len(run.left()) >= 7

    code = run.stop(number)

    assert code != 0
    assert run.left() == []


@pytest.mark.faults
def test_kills_tests_that_ignore_the_signal(folder: Path) -> None:
    run = Run(folder, "-n", "1", stubborn=True)
    run.wait_until_it_hangs()

    code = run.stop(signal.SIGTERM)

    assert code != 0
    assert run.left() == []


@pytest.mark.faults
def test_ends_while_postgresql_is_being_made(folder: Path) -> None:
    run = Run(folder, "-n", "0", "--postgres")
    wait_until(lambda: any("initdb" in text for text in run.left()))

    code = run.stop(signal.SIGTERM)

    assert code != 0
    assert run.left() == []
