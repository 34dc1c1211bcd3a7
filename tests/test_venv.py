"""The virtual environment that `./videoflix` makes, and what is left of it when that fails."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from launcher import venv
from launcher.pip import cause
from tests.stack import ROOT, free_port
from tests.test_launcher import installation

PRODUCT_LOCK, BUCKET_LOCK, TEST_LOCK = "requirements.txt", "requirements-s3.txt", venv.TESTS[-1]
ENSURE = """
import sys
from pathlib import Path
from launcher import venv
from launcher.problems import Problem

try:
    venv.ensure_venv(Path("var"), getattr(venv, sys.argv[1]), sys.argv[2])
except Problem as problem:
    sys.exit(str(problem))
"""
UNKNOWN = f"nothing-of-this-name==1 --hash=sha256:{'0' * 64}\n"


class Venv:
    """A copy of the launcher with locks that need no network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        shutil.copytree(ROOT / "launcher", folder / "launcher")
        shutil.copytree(ROOT / "core", folder / "core", ignore=lambda *_: ["settings", "tests"])
        self.write_locks()

    def write_locks(self, **texts: str) -> None:
        """`product`, `bucket` and `tests`; the others are empty."""
        for lock in venv.TESTS:
            (self.folder / lock).write_text("")
        for name, text in texts.items():
            lock = {"product": PRODUCT_LOCK, "bucket": BUCKET_LOCK, "tests": TEST_LOCK}[name]
            (self.folder / lock).write_text(text)

    def ensure(
        self, locks: str = "PRODUCT", running: str = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.folder)}
        env |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        return subprocess.run(
            [sys.executable, "-B", "-c", ENSURE, locks, running],
            cwd=self.folder,
            env=env | environ,
            capture_output=True,
            text=True,
        )

    def make_wheel(self, name: str, requires: str = "", python: str = ">=3.11") -> str:
        """A package of one module; its line for a lock."""
        wheel, metadata = self.wheels / f"{name}-1-py3-none-any.whl", f"{name}-1.dist-info"
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\nRequires-Python: {python}\n"
        about += f"Requires-Dist: {requires}\n" if requires else ""
        kind = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        members = {f"{name}.py": "here = True\n", "METADATA": about, "WHEEL": kind}
        with zipfile.ZipFile(wheel, "w") as file:
            for member, text in members.items():
                file.writestr(member if "." in member else f"{metadata}/{member}", text)
            record = "".join(f"{entry.filename},,{entry.file_size}\n" for entry in file.infolist())
            file.writestr(f"{metadata}/RECORD", f"{record}{metadata}/RECORD,,\n")
        return f"{name}==1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"

    def imports(self, name: str) -> bool:
        return subprocess.run([self.python, "-c", f"import {name}"]).returncode == 0

    @property
    def python(self) -> Path:
        return self.folder / ".venv/bin/python"

    @property
    def stamp(self) -> Path:
        return self.folder / ".venv/installed"

    @property
    def packages(self) -> Path:
        return next(self.folder.glob(".venv/lib/python3*/site-packages"))


@pytest.fixture(scope="module")
def any_venv(tmp_path_factory: pytest.TempPathFactory) -> Venv:
    return Venv(tmp_path_factory.mktemp("venv"))


@pytest.fixture
def finished_venv(any_venv: Venv) -> Venv:
    """Made once, and whole again before each test."""
    any_venv.write_locks()
    done = any_venv.ensure()
    assert done.returncode == 0, done.stdout + done.stderr
    return any_venv


def test_makes_a_virtual_environment(finished_venv: Venv) -> None:
    assert finished_venv.python.exists()
    assert len(finished_venv.stamp.read_text().split()) == len(venv.PRODUCT)


@pytest.mark.parametrize(("value", "lock"), [("True", BUCKET_LOCK), ("False", None)])
def test_installs_bucket_packages_only_for_a_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, lock: str | None
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(venv, "ensure_venv", lambda var, locks, running: asked.append(locks))

    venv.ensure_product(installation(tmp_path, USE_S3_MEDIA=value))

    assert asked == [(*venv.PRODUCT, lock) if lock else venv.PRODUCT]


def test_does_nothing_a_second_time(finished_venv: Venv) -> None:
    before = finished_venv.stamp.stat().st_mtime_ns

    done = finished_venv.ensure(PATH="")

    assert done.stdout == ""
    assert finished_venv.stamp.stat().st_mtime_ns == before


def test_installs_again_when_a_lock_changes(finished_venv: Venv) -> None:
    before = finished_venv.stamp.read_text()
    finished_venv.write_locks(product="# changed\n")

    done = finished_venv.ensure()

    assert "Installing" in done.stdout
    assert "Making" not in done.stdout
    assert finished_venv.stamp.read_text() != before


def test_makes_a_new_environment_when_its_python_is_gone(finished_venv: Venv) -> None:
    remove_python(finished_venv)

    finished_venv.ensure()

    assert finished_venv.python.exists()


# --- an installation that fails or is interrupted ------------------------------------


@pytest.mark.parametrize("broken", ["tests", "bucket"])
def test_keeps_the_product_when_other_packages_fail(finished_venv: Venv, broken: str) -> None:
    finished_venv.write_locks(**{broken: UNKNOWN})
    marker = finished_venv.folder / ".venv/marker"
    marker.touch()

    failed = finished_venv.ensure("TESTS")
    product = finished_venv.ensure("PRODUCT")

    assert failed.returncode == 1
    assert (product.returncode, product.stdout) == (0, "")
    assert marker.exists()


def test_installs_the_product_first_when_test_packages_fail(finished_venv: Venv) -> None:
    line = finished_venv.make_wheel("of_the_product")
    finished_venv.write_locks(product=line, tests=UNKNOWN)

    failed = finished_venv.ensure("TESTS")

    assert failed.returncode == 1
    assert finished_venv.imports("of_the_product")
    assert finished_venv.ensure("PRODUCT").stdout == ""


def test_keeps_the_environment_when_a_new_product_lock_fails(finished_venv: Venv) -> None:
    marker = finished_venv.folder / ".venv/marker"
    marker.touch()
    finished_venv.write_locks(product=UNKNOWN)

    failed = finished_venv.ensure()
    again = finished_venv.ensure()

    assert (failed.returncode, again.returncode) == (1, 1)
    assert "Making" not in failed.stdout + again.stdout
    assert marker.exists()


@pytest.mark.parametrize("damage", ["no module", "empty module", "no INSTALLER", "no RECORD"])
def test_installs_again_what_was_interrupted(finished_venv: Venv, damage: str) -> None:
    finished_venv.write_locks(product=finished_venv.make_wheel("halved"))
    assert finished_venv.ensure().returncode == 0
    module = finished_venv.packages / "halved.py"
    what, _, name = damage.partition(" ")
    path = module if name == "module" else module.parent / "halved-1.dist-info" / name
    path.unlink() if what == "no" else path.write_text("")
    finished_venv.stamp.write_text(venv.UNFINISHED)

    done = finished_venv.ensure()

    assert done.returncode == 0, done.stderr
    assert module.read_text() == "here = True\n"
    assert (module.parent / "halved-1.dist-info/RECORD").exists()
    assert venv.UNFINISHED not in finished_venv.stamp.read_text()


def test_keeps_a_running_environment_whose_python_is_gone(finished_venv: Venv) -> None:
    remove_python(finished_venv)

    done = finished_venv.ensure(running="http://127.0.0.1:8000")

    assert done.returncode == 1
    assert "Videoflix runs from it at http://127.0.0.1:8000. Stop it first" in done.stderr
    assert finished_venv.stamp.exists()


def remove_python(made: Venv) -> None:
    made.python.unlink()
    made.python.symlink_to("/nowhere/python3.11")


# --- why it fails ---------------------------------------------------------------------


def test_names_an_index_that_cannot_be_reached(finished_venv: Venv) -> None:
    finished_venv.write_locks(product=UNKNOWN)
    index = f"http://127.0.0.1:{free_port()}/simple"

    done = finished_venv.ensure(PIP_NO_INDEX="", PIP_INDEX_URL=index, PIP_RETRIES="1")

    assert done.returncode == 1
    assert "the package index cannot be reached (" in done.stderr
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_names_a_package_that_does_not_exist(finished_venv: Venv) -> None:
    finished_venv.write_locks(product=UNKNOWN)

    done = finished_venv.ensure()

    assert "nothing-of-this-name==1" in done.stderr
    assert "network" not in done.stderr


def test_names_a_dependency_that_the_lock_does_not_pin(finished_venv: Venv) -> None:
    finished_venv.make_wheel("coverage")
    line = finished_venv.make_wheel("pytest_cov", requires="coverage[toml]>=1")
    finished_venv.write_locks(tests=line)

    done = finished_venv.ensure("TESTS")

    assert "--require-hashes mode" in done.stderr
    assert "coverage[toml]>=1" in done.stderr


def test_names_a_file_that_is_not_the_one_in_the_lock(finished_venv: Venv) -> None:
    finished_venv.make_wheel("changed")
    finished_venv.write_locks(product=f"changed==1 --hash=sha256:{'0' * 64}\n")

    assert "DO NOT MATCH THE HASHES" in finished_venv.ensure().stderr


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NameResolutionError("
            "\"HTTPSConnection(host='index', port=443): Failed to resolve 'index' ([Errno -3])\")"
            "': /simple/django/\nERROR: No matching distribution found for django",
            "cannot be reached (Failed to resolve 'index')",
        ),
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full."),
        ("WARNING: x\nERROR: Something else.\nmore", "Something else."),
        ("killed", "pip ended without a reason."),
        (
            "Could not fetch URL https://index/: There was a problem confirming the ssl "
            "certificate: SSLError(1, 'certificate verify failed: self-signed') - skipping",
            "cannot be reached (certificate verify failed: self-signed')",
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by "
            "'ProxyError('Cannot connect to proxy.', OSError())': /simple/django/\n"
            "ERROR: No matching distribution found for django",
            "cannot be reached (Cannot connect to proxy)",
        ),
    ],
)
def test_reads_the_cause_from_the_log_of_pip(log: str, reason: str) -> None:
    assert reason in cause(log)


# --- what `doctor` says of it -----------------------------------------------------------

EXAMINE = """
import os
from launcher import packages
from launcher.installation import Installation
from launcher.problems import Problem

for check in (packages.packages, packages.package_index):
    try:
        print("ok:", check(Installation({"IGNORE_DOTENV": "1"})))
    except Problem as problem:
        print("WRONG:", problem)
"""


def examine(made: Venv, **environ: str) -> list[str]:
    """What `doctor` says of packages and package index; the index is a folder of wheels."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(made.folder)}
    env |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(made.wheels)}
    command = [sys.executable, "-B", "-c", EXAMINE]
    done = subprocess.run(
        command, cwd=made.folder, env=env | environ, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.fixture
def installed_venv(finished_venv: Venv) -> Venv:
    """It has the package that `doctor` fetches to ask the index."""
    sample = finished_venv.make_wheel("asgiref").replace(" --hash", " \\\n    --hash")
    finished_venv.write_locks(product=sample)
    assert finished_venv.ensure().returncode == 0
    return finished_venv


def test_doctor_finds_everything_installed(installed_venv: Venv) -> None:
    assert examine(installed_venv) == ["ok: installed as locked", "ok: answers"]


def test_doctor_names_a_package_that_is_gone(installed_venv: Venv) -> None:
    shutil.rmtree(installed_venv.packages / "asgiref-1.dist-info")

    said, _ = examine(installed_venv)

    assert said.startswith("WRONG: Missing or damaged in .venv: asgiref 1 (missing).")


def test_doctor_names_a_package_without_its_files(installed_venv: Venv) -> None:
    (installed_venv.packages / "asgiref.py").unlink()

    said, _ = examine(installed_venv)

    assert said.startswith("WRONG: Missing or damaged in .venv: asgiref 1.")


def test_doctor_mends_nothing_but_says_how(installed_venv: Venv) -> None:
    (installed_venv.packages / "asgiref.py").unlink()
    assert f"Delete {installed_venv.stamp}" in examine(installed_venv)[0]

    installed_venv.stamp.unlink()
    installed_venv.ensure()

    assert examine(installed_venv)[0] == "ok: installed as locked"


def test_doctor_names_an_interrupted_installation(installed_venv: Venv) -> None:
    installed_venv.stamp.write_text(venv.UNFINISHED)

    assert examine(installed_venv)[0].startswith("WRONG: An installation was interrupted.")


def test_doctor_needs_no_index_for_what_is_installed(installed_venv: Venv) -> None:
    index = f"http://127.0.0.1:{free_port()}/simple"

    _, said = examine(installed_venv, PIP_NO_INDEX="", PIP_FIND_LINKS="", PIP_INDEX_URL=index)

    assert said.startswith("ok: no (the package index cannot be reached (")


def test_doctor_asks_the_index_before_anything_is_installed(tmp_path: Path) -> None:
    bare = Venv(tmp_path)
    bare.write_locks(product=bare.make_wheel("asgiref"))
    index = f"http://127.0.0.1:{free_port()}/simple"

    reached = examine(bare)
    away = examine(bare, PIP_NO_INDEX="", PIP_FIND_LINKS="", PIP_INDEX_URL=index)

    assert reached == ["ok: none yet; `./videoflix up` installs them", "ok: answers"]
    assert away[1].startswith("WRONG: Packages cannot be fetched: the package index cannot")
