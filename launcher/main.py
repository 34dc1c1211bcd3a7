"""The commands of `./videoflix`."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import ExitStack

from core.environment import SettingError
from launcher.checks import doctor
from launcher.installation import PYTHON, ROOT, Installation
from launcher.postgres import throwaway_postgres
from launcher.problems import Problem, Stopped, say
from launcher.runlock import published_redis
from launcher.services import MANAGE
from launcher.up import up
from launcher.venv import TESTS, ensure_product, ensure_venv

HELP = """\
usage: ./videoflix COMMAND [ARGUMENT ...]

  up        install what is missing and run Videoflix until Ctrl-C
            (--no-demo: without the demo films; HOST and PORT choose the address)
  doctor    say what is missing or wrong on this machine
  test      run the tests but those in Chromium; arguments go to pytest
            (--browser: those in Chromium; --postgres: on a throw-away PostgreSQL)
  manage    Django's manage.py in this environment
  worker    one more worker for the same database and Redis
  bench     measure this installation

All settings are listed in .env.template."""

Command = Callable[[Installation, list[str]], int]


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        say(HELP)
        return 0 if name in ("-h", "--help", "help") else 2
    try:
        return COMMANDS[name](Installation(os.environ), arguments[1:])
    except (Problem, SettingError) as problem:
        say(f"videoflix: {problem}")
    except (Stopped, KeyboardInterrupt):
        say("videoflix: stopped")
    return 1


def _up(installation: Installation, arguments: list[str]) -> int:
    if unknown := set(arguments) - {"--no-demo"}:
        raise Problem(f"`up` does not know {' '.join(unknown)}; try ./videoflix --help")
    return up(installation, demo="--no-demo" not in arguments)


def _doctor(installation: Installation, arguments: list[str]) -> int:
    return doctor(installation)


def _manage(installation: Installation, arguments: list[str]) -> int:
    """Become manage.py, so that its signals, terminal and exit code are its own."""
    ensure_product(installation)
    redis = published_redis(installation)
    env = installation.child_environ(**({"REDIS_URL": redis} if redis else {}))
    os.execve(PYTHON, [*MANAGE, *arguments], env)  # noqa: S606 - an argument list, no shell


def _worker(installation: Installation, arguments: list[str]) -> int:
    return _manage(installation, ["worker", *arguments])


def _bench(installation: Installation, arguments: list[str]) -> int:
    """`bench NAME` becomes `python -m bench.NAME`."""
    modules = (ROOT / "bench").glob("*.py")
    known = sorted(path.stem for path in modules if "__main__" in path.read_text())
    if not arguments or arguments[0] not in known:
        raise Problem(f"`bench` measures one of: {' '.join(known)}")
    ensure_venv(installation.var, TESTS)
    name, *rest = arguments
    os.chdir(ROOT)
    command = [str(PYTHON), "-m", f"bench.{name}", *rest]
    os.execve(PYTHON, command, installation.child_environ())  # noqa: S606 - no shell


def _test(installation: Installation, arguments: list[str]) -> int:
    ensure_venv(installation.var, TESTS)
    words = [word for word in arguments if word not in ("--postgres", "--browser")]
    env = dict(os.environ)
    with ExitStack() as cleanup:
        if "--postgres" in arguments:
            env["TEST_DATABASE_URL"] = cleanup.enter_context(throwaway_postgres())
        if "--browser" in arguments:
            words = ["-m", "browser", *words]
        # All tests use all cores; who asks for some gets them one after the other.
        words = words or ["-m", "not browser", "-n", str(os.cpu_count() or 1)]
        process = subprocess.Popen([str(PYTHON), "-m", "pytest", *words], cwd=ROOT, env=env)
        # pytest gets the terminal's Ctrl-C itself; it, and PostgreSQL, must end in order.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
        return process.wait()


COMMANDS: dict[str, Command] = {
    "up": _up,
    "doctor": _doctor,
    "test": _test,
    "manage": _manage,
    "worker": _worker,
    "bench": _bench,
}
