"""A throw-away PostgreSQL for `./videoflix test --postgres`."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.problems import Problem
from launcher.services import free_port

START_SECONDS = 30
DEBIAN_FOLDER = Path("/usr/lib/postgresql")  # its binaries are not on the PATH
# Nothing in it outlives the tests, so nothing needs to reach the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@contextmanager
def throwaway_postgres() -> Iterator[str]:
    """The URL of a fresh cluster in a temporary folder, gone afterwards."""
    binaries = _binaries()
    # Refuses to run as root; the package made a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="videoflix-postgres-"))
    port = free_port()
    try:
        if user:
            shutil.chown(folder, user)
        data, log = folder / "data", folder / "log"
        secret, password = folder / "password", secrets.token_urlsafe(16)
        secret.write_text(password)
        access = ("-U", "videoflix", f"--pwfile={secret}", "--auth=scram-sha-256")
        _run(binaries / "initdb", "-D", data, *access, user=user)
        settings = [*FAST, f"port={port}", "listen_addresses=127.0.0.1"]
        settings.append(f"unix_socket_directories={folder}")
        options = " ".join(f"-c {setting}" for setting in settings)
        pg_ctl = (binaries / "pg_ctl", "-D", data, "-w", "-t", START_SECONDS)
        _run(*pg_ctl, "-l", log, "-o", options, "start", user=user)
        try:
            yield f"postgres://videoflix:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run(*pg_ctl, "-m", "immediate", "stop", user=user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(DEBIAN_FOLDER.glob("*/bin"))
    if not folders:
        raise Problem("PostgreSQL is not installed. On Debian: sudo apt install postgresql")
    return folders[-1]


def _run(*command: object, user: str | None) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        raise Problem(f"PostgreSQL's {Path(str(command[0])).name} failed: {done.stderr.strip()}")
