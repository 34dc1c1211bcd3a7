"""What `doctor` asks of the Python packages: are they here, and could they be fetched?"""

import subprocess
import tempfile
from pathlib import Path

from launcher.installation import PYTHON, ROOT, Installation
from launcher.pip import SAFE, any_pip, cause
from launcher.problems import Problem
from launcher.venv import (
    STAMP,
    is_installed,
    is_unfinished,
    need_venv_module,
    product_locks,
)
from launcher.wholeness import half_installed

SAMPLE = "asgiref=="  # small, and needed by Django for good
INDEX_SECONDS = 30
# Runs in `.venv`: prints what the locks pin and the environment has not got.
COMPARE = r"""
import re, sys
from importlib.metadata import PackageNotFoundError, version
from pip._vendor.packaging.markers import Marker

PINNED = re.compile(r"([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\]*))?")
for path in sys.argv[1:]:
    for pinned in filter(None, map(PINNED.match, open(path))):
        name, wanted, marker = pinned.groups()
        if marker and not Marker(marker.strip()).evaluate():
            continue
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "missing"
        if found != wanted:
            print(f"{name} {wanted} ({found})")
"""


def packages(installation: Installation) -> str:
    locks = product_locks(installation)
    if not PYTHON.exists():
        return "none yet; `./videoflix up` installs them"
    if not is_installed(locks):
        if is_unfinished():
            raise Problem("An installation was interrupted. `./videoflix up` continues it.")
        return "of another version; `./videoflix up` installs what is new"
    if wrong := [*_differing(locks), *half_installed()]:
        raise Problem(
            f"Missing or damaged in .venv: {', '.join(sorted(set(wrong)))}. "
            f"Delete {STAMP} and start `./videoflix up`: it installs them again."
        )
    return "installed as locked"


def _differing(locks: tuple[str, ...]) -> list[str]:
    command = [str(PYTHON), "-c", COMPARE, *(str(ROOT / lock) for lock in locks)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Problem(f"The Python of .venv does not work: {done.stderr.strip()[-200:]}")
    return done.stdout.splitlines()


def package_index(installation: Installation) -> str:
    """Fetch one small package as an installation would, with pip's own settings."""
    if not PYTHON.exists():
        need_venv_module()
    reason = _why_unreachable()
    if not reason:
        return "answers"
    if is_installed(product_locks(installation)):
        return f"no ({reason}) It is not needed now: everything is installed."
    raise Problem(f"Packages cannot be fetched: {reason}")


def _why_unreachable() -> str:
    with tempfile.TemporaryDirectory(prefix="videoflix-doctor-") as folder:
        lock = Path(folder) / "requirements.txt"
        lock.write_text(_sample())
        command = [*any_pip(), "download", *SAFE, "--no-deps", "--no-cache-dir"]
        command += ["--retries=1", "--timeout=5", "--dest", folder, "-r", str(lock)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=INDEX_SECONDS)
        except subprocess.TimeoutExpired:
            return f"the package index has not answered for {INDEX_SECONDS} s."
    return cause(done.stdout + done.stderr) if done.returncode else ""


def _sample() -> str:
    """The lock's own lines of one package, with its hashes."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith(SAMPLE)), None)
    if start is None:
        raise Problem(f"requirements.txt does not pin {SAMPLE.rstrip('=')}.")
    end = next(at for at in range(start, len(lines)) if not lines[at].endswith("\\"))
    return "\n".join(lines[start : end + 1])
