"""Where this installation keeps its things, and the environment its processes get."""

import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from core.environment import boolean

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LINE = re.compile(r"(?:export )?([A-Za-z_0-9]+)=(.*)")


class Installation:
    """The settings that the launcher itself needs: environment first, then `.env`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        ignores = boolean("IGNORE_DOTENV", environ.get("IGNORE_DOTENV") or "False")
        dotenv = {} if ignores else read_dotenv(ROOT / ".env")
        self.environ = {**dotenv, **{name: value for name, value in environ.items() if value}}
        self.var = Path(self.get("VAR_DIR") or ROOT / "var").absolute()
        self.media = Path(self.get("MEDIA_ROOT") or ROOT / "media").absolute()
        self.logs = self.var / "log"
        self.host = self.get("HOST") or "127.0.0.1"
        self.port = self.get("PORT") or "8000"

    def get(self, *names: str) -> str:
        """The first of several synonyms that is set, else ""."""
        return next((self.environ[name] for name in names if self.environ.get(name)), "")

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def uses_bucket(self) -> bool:
        default = "True" if self.get("BUCKET_URL") else "False"
        return boolean("USE_S3_MEDIA", self.get("USE_S3_MEDIA") or default)

    @property
    def makes_captions(self) -> bool:
        return bool(self.get("CAPTIONS_MODEL"))

    @property
    def own_redis(self) -> bool:
        """Whether Redis is ours to start."""
        return not self.get("REDIS_URL", "REDIS_LOCATION")

    @property
    def redis_address(self) -> tuple[str, int]:
        parts = urlsplit(self.get("REDIS_URL", "REDIS_LOCATION"))
        return parts.hostname or "127.0.0.1", parts.port or 6379

    @property
    def database_address(self) -> tuple[str, int] | None:
        """Host and port of the database server; None for SQLite."""
        if url := self.get("DATABASE_URL"):
            parts = urlsplit(url)
            return (parts.hostname, parts.port or 5432) if parts.hostname else None
        host = self.get("DB_HOST")
        return (host, int(self.get("DB_PORT") or 5432)) if host else None

    def child_environ(self, **extra: str) -> dict[str, str]:
        """The environment of our processes; what the person set always wins."""
        ours = {
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "BACKEND_URL": self.get("BACKEND_BASE_URL", "BACKEND_ORIGIN") or self.url,
            "ALLOWED_HOSTS": ",".join(self._host_names()),
            "PYTHONUNBUFFERED": "1",
        }
        return ours | self.environ | {"VAR_DIR": str(self.var)} | extra

    def _host_names(self) -> list[str]:
        names = ["localhost", "127.0.0.1", "[::1]"]
        if self.host in ("0.0.0.0", "::"):  # noqa: S104 - a comparison, not a bind
            return [*names, socket.gethostname(), *_own_addresses()]
        return names if self.host in names else [*names, self.host]


def read_dotenv(path: Path) -> dict[str, str]:
    """Name → value, read the way django-environ reads the same file."""
    if not path.is_file():
        return {}
    matches = (LINE.fullmatch(line) for line in path.read_text().splitlines())
    return {match[1]: _unquoted(match[2]) for match in matches if match and match[2]}


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def _own_addresses() -> list[str]:
    """The address other machines reach this one at; connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [str(probe.getsockname()[0])]


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, indented."""
    text = path.read_text(errors="replace") if path.exists() else ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def private_file(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
