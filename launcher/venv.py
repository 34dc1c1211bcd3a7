"""The virtual environment: made once, repaired when interrupted or when a lock changes."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from launcher.installation import PYTHON, ROOT, VENV, Installation, tail
from launcher.problems import Problem, say
from launcher.processes import Processes

PRODUCT = ("requirements.txt", "requirements-local.txt")
WITH_BUCKET = (*PRODUCT, "requirements-s3.txt")
TESTS = (*WITH_BUCKET, "requirements-dev.txt")
STAMP = VENV / "installed"
UNFINISHED = "unfinished"


def ensure_product(installation: Installation) -> None:
    """The packages that this installation runs on."""
    ensure_venv(installation.var, WITH_BUCKET if installation.uses_bucket else PRODUCT)


def ensure_venv(var: Path, locks: tuple[str, ...] = PRODUCT) -> None:
    """Make `.venv/` hold exactly what the locks say; costs nothing when it already does."""
    wanted = [_fingerprint(locks[: count + 1]) for count in range(len(locks))]
    if _is_installed(wanted):
        return
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (var / "install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _is_installed(wanted):
            with Processes() as processes:
                _install_afresh(processes, var / "log", locks)
            STAMP.write_text(" ".join(wanted))


def _is_installed(wanted: list[str]) -> bool:
    return PYTHON.exists() and STAMP.exists() and wanted[-1] in STAMP.read_text().split()


def _install_afresh(processes: Processes, logs: Path, locks: tuple[str, ...]) -> None:
    interrupted = STAMP.exists() and STAMP.read_text() == UNFINISHED
    if interrupted or not _works():
        _make(processes, logs)
    STAMP.write_text(UNFINISHED)
    say("Installing the Python packages (a minute or two, once) ...")
    _install(processes, logs, locks)


def need_venv_module() -> None:
    """Debian's python3 comes without the parts that `venv` needs."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Problem(
            "This Python cannot make virtual environments. On Debian and Ubuntu: "
            f"sudo apt install python{version}-venv"
        )


def _fingerprint(locks: tuple[str, ...]) -> str:
    """Changes with the locks, and with the Python they were installed for."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for lock in locks:
        digest.update((ROOT / lock).read_bytes())
    return digest.hexdigest()


def _works() -> bool:
    """Whether `.venv` has a Python of this version with pip (an upgrade can break it)."""
    if not PYTHON.exists():
        return False
    same = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    done = subprocess.run([PYTHON, "-c", same], capture_output=True)
    return done.returncode == 0


def _make(processes: Processes, logs: Path) -> None:
    need_venv_module()
    say(f"Making .venv/ with {sys.executable} ...")
    shutil.rmtree(VENV, ignore_errors=True)
    log = logs / "venv.log"
    if processes.run([sys.executable, "-m", "venv", str(VENV)], log) != 0:
        raise Problem(f"The virtual environment could not be made:\n{tail(log)}")


def _install(processes: Processes, logs: Path, locks: tuple[str, ...]) -> None:
    log = logs / "pip.log"
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--only-binary=:all:"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    for lock in locks:
        command += ["-r", str(ROOT / lock)]
    if processes.run(command, log) != 0:
        raise Problem(
            "The Python packages could not be installed (is there a network connection?). "
            f"The end of {log}:\n{tail(log, 8)}"
        )
