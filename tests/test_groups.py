"""Which tests `./videoflix test` runs, and how it spreads them over the cores."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import order
from tests.stack import ROOT

FILES = {
    "test_plain.py": "def test_plain(): pass\n",
    "test_marked.py": """
import pytest
@pytest.mark.slow
def test_slow(): pass
@pytest.mark.faults
def test_marked_fault(): pass
@pytest.mark.folder
@pytest.mark.slow
def test_disk(): pass
def test_beside(): pass
""",
    "tests/faults/test_f.py": """
import pytest
@pytest.mark.slow
def test_fault(): pass
""",
    "tests/browser/test_b.py": "def test_page(): pass\n",
}
INI = "[pytest]\nmarkers =\n  folder: x\n  slow: x\n  faults: x\n  browser: x\n"
PLUGINS = ("-p", "xdist.plugin", "-p", "tests.groups", "-p", "tests.order")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for name, text in {**FILES, "pytest.ini": INI}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def run_pytest(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--import-mode=importlib", "-v", *PLUGINS, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED), done.stdout
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", "plain beside"),
        ("--faults", "fault marked_fault"),
        ("--slow", "slow disk"),
        ("--slow --store bucket", "slow"),
        ("--browser", "page"),
        ("--faults --slow", "fault marked_fault slow disk"),
        ("--faults -k marked", "marked_fault"),
        ("--faults -m slow", "fault"),
        ("-m slow", "slow disk"),
        ("-m 'not slow'", "plain beside"),
        ("tests/faults/test_f.py", "fault"),
        ("tests/faults", "fault"),
        ("tests", ""),
        ("test_marked.py", "slow disk marked_fault beside"),
        ("test_marked.py::test_slow", "slow"),
        ("--faults -n 2", "fault marked_fault"),
    ],
)
def test_runs_only_what_is_asked_for(project: Path, arguments: str, names: str) -> None:
    words = [word.strip("'") for word in arguments.replace("not slow", "not~slow").split()]
    output = run_pytest(project, *(word.replace("~", " ") for word in words))

    passed = {line.split("::test_")[1] for line in _lines(output)}
    assert passed == set(names.split())


def _lines(output: str) -> list[str]:
    """One `file::test_name` for each test that passed, with xdist or without."""
    words = [line.split() for line in output.splitlines() if "PASSED" in line]
    return [next(word for word in line if "::test_" in word) for line in words]


# --- order and number of processes -----------------------------------------------------


def test_begins_with_the_file_that_took_longest(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(INI)
    sleeps = {"a": 0, "b": 0, "c": 0.3}
    for name, seconds in sleeps.items():
        text = f"import time\ndef test_{name}(): time.sleep({seconds})\n"
        (tmp_path / f"test_{name}.py").write_text(text)

    run_pytest(tmp_path)
    output = run_pytest(tmp_path, "-n", "1")

    assert _lines(output)[0] == "test_c.py::test_c"


@pytest.mark.parametrize("processes", ["0", "1"])
def test_runs_without_a_cache(project: Path, processes: str) -> None:
    output = run_pytest(project, "-p", "no:cacheprovider", "-n", processes, "test_plain.py")

    assert "1 passed" in output


def test_keeps_the_order_within_a_file(project: Path) -> None:
    output = run_pytest(project, "-n", "1", "test_marked.py", "test_plain.py")

    ours = [line for line in _lines(output) if line.startswith("test_marked")]
    assert [line.split("::")[1] for line in ours] == [
        "test_slow",
        "test_marked_fault",
        "test_disk",
        "test_beside",
    ]


@pytest.mark.parametrize(
    ("words", "processes"),
    [
        ([], 4),
        (["test_plain.py"], 0),
        (["test_plain.py::test_plain", "test_plain.py::test_other"], 0),
        (["test_plain.py", "test_marked.py"], 2),
        (["tests"], 4),
    ],
)
def test_uses_all_cores_that_have_something_to_do(
    monkeypatch: pytest.MonkeyPatch, words: list[str], processes: int
) -> None:
    monkeypatch.setattr(order, "usable_cores", lambda: 4)

    assert order.processes_for(words or ["auth_app", "tests"]) == processes


@pytest.mark.parametrize(
    ("text", "cores"), [("max 100000", 1_000_000), ("150000 100000", 2), ("50000 100000", 1)]
)
def test_reads_the_quota_of_its_control_group(tmp_path: Path, text: str, cores: int) -> None:
    (tmp_path / "cpu.max").write_text(f"{text}\n")

    assert order.quota(tmp_path / "cpu.max") == cores


def test_has_no_quota_without_control_groups(tmp_path: Path) -> None:
    assert order.quota(tmp_path / "none") == 1_000_000
