"""`./videoflix up`: everything on this machine, from nothing to a film, until Ctrl-C."""

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

from launcher import checks
from launcher.greeting import greeting, missing
from launcher.installation import Installation, tail
from launcher.problems import Problem, Stopped, say
from launcher.processes import Processes
from launcher.runlock import only_one
from launcher.services import MANAGE, PASSWORD_CHANGED, Product
from launcher.venv import ensure_product

READY_SECONDS = 60.0
PASSWORD_SECONDS = 10.0
RESTARTS, RESTART_WINDOW = 5, 60.0
LOG_BYTES = 10 * 1024**2
VALKEY_PAUSE = 0.5
DAMAGED_SNAPSHOT = re.compile(r"Wrong signature|RDB|corrupt|Short read", re.IGNORECASE)
CHECKS = (
    checks.python,
    checks.folders,
    checks.disk,
    checks.port,
    checks.redis,
    checks.database,
)


def up(installation: Installation, *, demo: bool) -> int:
    """Run until a signal comes; 0 then, 1 when a part keeps dying."""
    for check in CHECKS:
        check(installation)
    try:
        with only_one(installation):
            ensure_product(installation)
            with Processes() as processes:
                _Run(installation, processes).until_stopped(demo=demo)
    except Stopped:
        say("\nVideoflix has stopped.")
    return 0


class _Run:
    def __init__(self, installation: Installation, processes: Processes) -> None:
        self.installation = installation
        self.processes = processes
        self.product = Product(installation)
        self.demo_made = installation.var / "demo_made"
        self.deaths: list[float] = []
        self.first_password_holds = True

    def until_stopped(self, *, demo: bool) -> None:
        if "valkey" in self.product.commands:
            self._start("valkey")
            self._wait_for_valkey()
        self._bootstrap()
        self._start("web")
        self._start("worker")
        self._ask_for_password()
        if demo and not self.demo_made.exists():
            self._start("demo")
        self._wait_until_ready()
        self._wait_for_password()
        self._greet()
        while True:
            self._restart_the_dead()
            self.processes.pause(0.5)

    def _bootstrap(self) -> None:
        log = self._log("bootstrap")
        if self.processes.run([*MANAGE, "bootstrap", "--wait=10"], log, self.product.env) != 0:
            raise Problem(f"The database could not be prepared; see {log}:\n{tail(log, 3)}")

    def _ask_for_password(self) -> None:
        """Ask the database, beside the start of the others, whether the password that we
        made still is the administrator's. At the first start it is."""
        if not self.product.has_new_password and not self._has_own_password:
            self._start("password")

    def _wait_for_password(self) -> None:
        deadline = time.monotonic() + PASSWORD_SECONDS
        while "password" in self.processes.running and time.monotonic() < deadline:
            self.processes.pause(0.05)
            self._restart_the_dead()

    @property
    def _has_own_password(self) -> bool:
        return bool(self.installation.get("DJANGO_SUPERUSER_PASSWORD"))

    def _start(self, name: str) -> None:
        log = self._log(name)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".old"))
        self.processes.start(name, self.product.commands[name], log, self.product.env)

    def _wait_for_valkey(self) -> None:
        parts = urlsplit(self.product.env["REDIS_URL"])
        host, port = parts.hostname or "127.0.0.1", parts.port or 6379
        for _ in range(500):
            self._restart_the_dead()
            if checks.answers(host, port):
                return
            self.processes.pause(0.01)
        raise Problem(f"The built-in Redis does not start; see {self._log('valkey')}.")

    def _wait_until_ready(self) -> None:
        """Until web and worker answer; what else is missing is said, not waited for."""
        deadline = time.monotonic() + READY_SECONDS
        down = ["web"]
        while down and time.monotonic() < deadline:
            self._restart_the_dead()
            self.processes.pause(0.1)
            down = missing(self.installation.url, self.product.env)
            if not {"web", "worker"} & set(down):
                break
        if down:
            say(f"Not everything works: {', '.join(down)} (see ./videoflix doctor).")

    def _restart_the_dead(self) -> None:
        for name, code in self.processes.ended().items():
            if name == "demo":
                self._note_demo(code)
            elif name == "password":
                self.first_password_holds = code != PASSWORD_CHANGED
            elif name == "valkey":
                self._restart_valkey()
            else:
                self._restart(name)

    def _restart(self, name: str) -> None:
        log, now = self._log(name), time.monotonic()
        self.deaths = [then for then in self.deaths if then > now - RESTART_WINDOW] + [now]
        if len(self.deaths) > RESTARTS:
            raise Problem(f"{name} keeps dying; the end of {log}:\n{tail(log)}")
        say(f"{name} has died and is started again; the end of {log}:\n{tail(log, 5)}")
        self._start(name)

    def _restart_valkey(self) -> None:
        """However often it dies, the site goes on without it. A snapshot that it cannot read is
        set aside: the database is the truth."""
        log = self._log("valkey")
        say(f"The built-in Redis has died and is started again; the end of {log}:\n{tail(log, 3)}")
        snapshot = self.installation.var / "valkey" / "dump.rdb"
        if snapshot.exists() and DAMAGED_SNAPSHOT.search(tail(log)):
            snapshot.replace(snapshot.with_suffix(".damaged"))
        self.processes.pause(VALKEY_PAUSE)
        self._start("valkey")

    def _note_demo(self, code: int) -> None:
        if code == 0:
            self.demo_made.touch()
            say("  The demo films are made.")
        else:
            say(f"The demo films could not be made; see {self._log('demo')}.")

    def _greet(self) -> None:
        password = self.product.env["DJANGO_SUPERUSER_PASSWORD"]
        if self._has_own_password or not self.first_password_holds:
            password = "as you set it"  # noqa: S105 - said instead of one
        installation = self.installation
        say(greeting(installation.url, installation.logs, self.product.env, password))
        if "demo" in self.processes.running:
            say("  Three demo films are being made; each can be watched in a minute.")

    def _log(self, name: str) -> Path:
        return self.installation.logs / f"{name}.log"
