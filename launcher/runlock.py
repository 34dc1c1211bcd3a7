"""Only one `up` per installation, and what other commands must know about it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.installation import Installation, private_file
from launcher.problems import Problem


@contextmanager
def only_one(installation: Installation) -> Iterator[None]:
    with _lock_file(installation).open("a+") as file:
        if not _lock(file.fileno()):
            raise Problem(f"Videoflix is already running at {running_url(installation)}")
        file.truncate(0)
        file.write(installation.url)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            _redis_file(installation).unlink(missing_ok=True)


def running_url(installation: Installation) -> str:
    """Where the `up` of this installation runs; "" when it does not."""
    path = _lock_file(installation)
    if not path.exists():
        return ""
    with path.open() as file:
        return "" if _lock(file.fileno()) else file.read()


def publish_redis(installation: Installation, url: str) -> None:
    """Tell `manage` and `worker` about the built-in Redis; its password is in the URL."""
    private_file(_redis_file(installation), url)


def published_redis(installation: Installation) -> str:
    path = _redis_file(installation)
    return path.read_text() if path.exists() and running_url(installation) else ""


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(installation: Installation) -> Path:
    return installation.var / "up.lock"


def _redis_file(installation: Installation) -> Path:
    return installation.var / "redis_url"
