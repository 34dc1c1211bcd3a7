"""The virtual environment: made once, repaired when interrupted or when a lock changes."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from launcher.installation import PYTHON, ROOT, VENV, Installation, tail
from launcher.pip import cause, install_command
from launcher.problems import Problem, say
from launcher.processes import Processes
from launcher.wholeness import half_installed_metadata

PRODUCT = ("requirements.txt", "requirements-local.txt")
BUCKET, CAPTIONS = "requirements-s3.txt", "requirements-captions.txt"
TESTS = (*PRODUCT, BUCKET, CAPTIONS, "requirements-dev.txt")
STAMP = VENV / "installed"
UNFINISHED = "unfinished"


def ensure_product(installation: Installation, running: str = "") -> None:
    """The packages that this installation runs on."""
    ensure_venv(installation.var, product_locks(installation), running)


def product_locks(installation: Installation) -> tuple[str, ...]:
    wanted = {BUCKET: installation.uses_bucket, CAPTIONS: installation.makes_captions}
    return (*PRODUCT, *(lock for lock, is_wanted in wanted.items() if is_wanted))


def ensure_venv(var: Path, locks: tuple[str, ...] = PRODUCT, running: str = "") -> None:
    """Make `.venv/` hold what the locks say; costs nothing when it already does.

    The product's own packages come first and are noted before others are added: when those
    of the tests cannot be installed, the product still runs. `running` is the address of an
    `up` that runs from this environment, which is then never removed.
    """
    if _is_installed(_fingerprints(locks)):
        return
    for stage in dict.fromkeys((PRODUCT, locks)):
        _ensure_stage(var, stage, running)


def _ensure_stage(var: Path, locks: tuple[str, ...], running: str) -> None:
    wanted = _fingerprints(locks)
    if _is_installed(wanted):
        return
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (var / "install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _is_installed(wanted):
            with Processes() as processes:
                _update(processes, var / "log", locks, running)


def is_installed(locks: tuple[str, ...] = PRODUCT) -> bool:
    return _is_installed(_fingerprints(locks))


def is_unfinished() -> bool:
    """Whether an installation was begun and neither ended nor went on since."""
    return UNFINISHED in _installed()


def _is_installed(wanted: list[str]) -> bool:
    return PYTHON.exists() and wanted[-1] in _installed()


def _installed() -> list[str]:
    """The fingerprints of the locks that are installed, and perhaps `UNFINISHED`."""
    return STAMP.read_text().split() if STAMP.exists() else []


def _update(processes: Processes, logs: Path, locks: tuple[str, ...], running: str) -> None:
    if not _works():
        _make(processes, logs, running)
    wanted = _fingerprints(locks)
    # All locks are given to pip at once, so adding to those already held never changes them.
    held = [name for name in wanted if name in _installed()]
    STAMP.write_text(" ".join([*held, UNFINISHED]))
    _forgethalf_installed_metadata()
    say("Installing the Python packages (a minute or two, once) ...")
    _install(processes, logs, locks)
    STAMP.write_text(" ".join(wanted))
    if running and not held:
        say(f"Videoflix runs at {running} with the former packages; start it again soon.")


def _forgethalf_installed_metadata() -> None:
    """Remove the metadata of packages whose installation was interrupted, so that pip
    installs them again: it takes metadata as proof that all the files are there."""
    for metadata in half_installed_metadata():
        shutil.rmtree(metadata, ignore_errors=True)


def need_venv_module() -> None:
    """Debian's python3 comes without the parts that `venv` needs."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Problem(
            "This Python cannot make virtual environments. On Debian and Ubuntu: "
            f"sudo apt install python{version}-venv"
        )


def _fingerprints(locks: tuple[str, ...]) -> list[str]:
    """One for each lock together with those before it."""
    return [_fingerprint(locks[: count + 1]) for count in range(len(locks))]


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


def _make(processes: Processes, logs: Path, running: str) -> None:
    if running:
        raise Problem(
            f"The environment in {VENV} has to be made anew, but Videoflix runs from it at "
            f"{running}. Stop it first, then try again."
        )
    need_venv_module()
    say(f"Making .venv/ with {sys.executable} ...")
    shutil.rmtree(VENV, ignore_errors=True)
    log = logs / "venv.log"
    if processes.run([sys.executable, "-m", "venv", str(VENV)], log) != 0:
        raise Problem(f"The virtual environment could not be made:\n{tail(log)}")


def _install(processes: Processes, logs: Path, locks: tuple[str, ...]) -> None:
    log = logs / "pip.log"
    if processes.run(install_command(locks), log) != 0:
        why = cause(log.read_text(errors="replace"))
        raise Problem(f"The Python packages could not be installed: {why} The whole log is {log}.")
