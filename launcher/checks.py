"""What `up` demands of the machine, and `doctor` reports on: one function per question.

Each returns a word on what is fine, or raises `Problem` with the sentence to show.
"""

import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from launcher.installation import PYTHON, Installation
from launcher.packages import package_index, packages
from launcher.problems import Problem, say
from launcher.runlock import running_url
from launcher.tools import usable_ffmpeg
from launcher.venv import need_venv_module

GIB = 1024**3
ANSWER_SECONDS = 3.0

Check = Callable[[Installation], str]


def doctor(installation: Installation) -> int:
    """Report on everything; 1 when something is wrong."""
    wrong = 0
    for name, check in CHECKS.items():
        try:
            say(f"  ok    {name}: {check(installation)}")
        except Problem as problem:
            wrong += 1
            say(f"  WRONG {name}: {problem}")
    problems = "1 problem." if wrong == 1 else f"{wrong} problems."
    say(problems if wrong else "All checks passed.")
    return 1 if wrong else 0


def python(installation: Installation) -> str:
    if not PYTHON.exists():
        need_venv_module()
    return f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable})"


def folders(installation: Installation) -> str:
    for folder in (installation.var, installation.media):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise Problem(f"{folder} cannot be written: {error.strerror}.") from error
    return f"{installation.var} and {installation.media} are writable"


def disk(installation: Installation) -> str:
    free = shutil.disk_usage(_existing(installation.media)).free
    if free < GIB:
        raise Problem(
            f"The disk of {installation.media} is nearly full: {free / GIB:.1f} GiB are free, "
            "and films need room. Free some, or set MEDIA_ROOT to a folder on another disk."
        )
    return f"{free / GIB:.0f} GiB free"


def port(installation: Installation) -> str:
    if url := running_url(installation):
        return f"Videoflix itself is running at {url}"
    if not installation.port.isdigit() or not 0 < int(installation.port) < 65536:
        raise Problem(f"PORT must be a number from 1 to 65535, and is {installation.port!r}.")
    number = int(installation.port)
    family = socket.AF_INET6 if ":" in installation.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((installation.host, number))
        except PermissionError as error:
            raise Problem(f"Port {number} is only for root; try PORT=8000.") from error
        except socket.gaierror as error:
            raise Problem(f"HOST {installation.host!r} is no address of this machine.") from error
        except OSError as error:
            raise Problem(
                f"Port {number} on {installation.host} cannot be used ({error.strerror}). "
                f"Stop what uses it, or choose another: PORT={number + 1} ./videoflix up"
            ) from error
    return f"{number} is free"


def ffmpeg(installation: Installation) -> str:
    if not PYTHON.exists() and not installation.get("FFMPEG_BINARY") and not shutil.which("ffmpeg"):
        return "none installed; `./videoflix up` brings its own"
    return usable_ffmpeg(installation.get("FFMPEG_BINARY"))


def redis(installation: Installation) -> str:
    if installation.own_redis:
        return "built in (set REDIS_URL for another one)"
    host, number = installation.redis_address
    _reach("Redis", "REDIS_URL", host, number)
    return f"{host}:{number} answers"


def database(installation: Installation) -> str:
    address = installation.database_address
    if address is None:
        return "SQLite (set DATABASE_URL for PostgreSQL)"
    _reach("The database", "DATABASE_URL or DB_HOST", *address)
    return f"{address[0]}:{address[1]} answers"


CHECKS: dict[str, Check] = {
    "Python": python,
    "Packages": packages,
    "Package index": package_index,
    "Folders": folders,
    "Disk": disk,
    "Port": port,
    "ffmpeg": ffmpeg,
    "Redis": redis,
    "Database": database,
}


def _reach(what: str, setting: str, host: str, number: int) -> None:
    try:
        socket.create_connection((host, number), timeout=ANSWER_SECONDS).close()
    except OSError as error:
        raise Problem(
            f"{what} does not answer at {host}:{number} ({error.strerror or error}). "
            f"Start it, or change {setting}."
        ) from error


def answers(host: str, number: int) -> bool:
    try:
        socket.create_connection((host, number), timeout=ANSWER_SECONDS).close()
    except OSError:
        return False
    return True


def _existing(path: Path) -> Path:
    return path if path.exists() or path == path.parent else _existing(path.parent)
