"""The commands of `./videoflix`."""

import os
import subprocess
from collections.abc import Callable

from core.environment import SettingError
from launcher.checks import doctor
from launcher.installation import PYTHON, ROOT, Installation
from launcher.problems import Problem, Stopped, say
from launcher.runlock import published_redis, running_url
from launcher.services import MANAGE, web_command
from launcher.testing import test
from launcher.up import up
from launcher.usage import ASKS_FOR_HELP, HELP, bench_help, benchmarks, did_you_mean, help_on
from launcher.venv import TESTS, ensure_product, ensure_venv

Command = Callable[[Installation, list[str]], int]


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    name, *rest = arguments or [""]
    if name in (*ASKS_FOR_HELP, "help"):
        say(help_on(rest[0] if rest else ""))
        return 0
    if name not in COMMANDS:
        say(_unknown_command(name) if name else HELP)
        return 2
    if rest and rest[0] in ASKS_FOR_HELP:
        say(help_on(name))
        return 0
    return _run(COMMANDS[name], rest)


def _unknown_command(name: str) -> str:
    question = did_you_mean(name, list(COMMANDS))
    return f"videoflix: There is no command `{name}`.{question}\n\n{HELP}"


def _run(command: Command, arguments: list[str]) -> int:
    try:
        return command(Installation(os.environ), arguments)
    except (Problem, SettingError) as problem:
        say(f"videoflix: {problem}")
    except (Stopped, KeyboardInterrupt):
        say("videoflix: stopped")
    return 1


def _up(installation: Installation, arguments: list[str]) -> int:
    _refuse_unknown("up", arguments, ["--no-demo"])
    return up(installation, demo="--no-demo" not in arguments)


def _doctor(installation: Installation, arguments: list[str]) -> int:
    _refuse_unknown("doctor", arguments, [])
    return doctor(installation)


def _refuse_unknown(command: str, arguments: list[str], known: list[str]) -> None:
    for argument in arguments:
        if argument not in known:
            raise Problem(
                f"`{command}` does not know `{argument}`.{did_you_mean(argument, known)} "
                f"See ./videoflix {command} --help"
            )


def _manage(installation: Installation, arguments: list[str]) -> int:
    """Become manage.py, so that its signals, terminal and exit code are its own."""
    ensure_product(installation, running_url(installation))
    redis = published_redis(installation)
    env = installation.child_environ(**({"REDIS_URL": redis} if redis else {}))
    os.execve(PYTHON, [*MANAGE, *arguments], env)  # noqa: S606 - an argument list, no shell


def _worker(installation: Installation, arguments: list[str]) -> int:
    return _manage(installation, ["worker", *arguments])


def _backup(installation: Installation, arguments: list[str]) -> int:
    return _manage(installation, ["backup", *arguments])


def _restore(installation: Installation, arguments: list[str]) -> int:
    return _manage(installation, ["restore", *arguments])


def _web(installation: Installation, arguments: list[str]) -> int:
    """Become the web server of a machine whose PostgreSQL, Redis and workers are elsewhere."""
    _refuse_unknown("web", arguments, [])
    if installation.own_redis:
        raise Problem("`web` has no Redis of its own: set REDIS_URL. See docs/deploy.md.")
    ensure_product(installation, running_url(installation))
    env = installation.child_environ()
    if subprocess.run([*MANAGE, "bootstrap"], env=env, cwd=ROOT, check=False).returncode:
        raise Problem("The database could not be prepared.")
    os.chdir(ROOT)
    os.execve(PYTHON, web_command(installation), env)  # noqa: S606 - an argument list, no shell


def _bench(installation: Installation, arguments: list[str]) -> int:
    if not arguments:
        say(bench_help())
        return 2
    name, *rest = arguments
    known = list(benchmarks())
    if name not in known:
        question = did_you_mean(name, known)
        raise Problem(f"There is no benchmark `{name}`.{question} There are: {' '.join(known)}.")
    ensure_venv(installation.var, TESTS, running_url(installation))
    return _become_benchmark(installation, name, rest)


def _become_benchmark(installation: Installation, name: str, arguments: list[str]) -> int:
    os.chdir(ROOT)
    command = [str(PYTHON), "-m", f"bench.{name}", *arguments]
    os.execve(PYTHON, command, installation.child_environ())  # noqa: S606 - no shell


def _language(installation: Installation, arguments: list[str]) -> int:
    """Become the script, in the environment of the tests: it needs Babel."""
    ensure_venv(installation.var, TESTS, running_url(installation))
    command = [str(PYTHON), str(ROOT / "scripts/languages.py"), *arguments]
    os.execve(PYTHON, command, installation.child_environ())  # noqa: S606 - no shell


COMMANDS: dict[str, Command] = {
    "up": _up,
    "doctor": _doctor,
    "test": test,
    "manage": _manage,
    "web": _web,
    "worker": _worker,
    "backup": _backup,
    "restore": _restore,
    "bench": _bench,
    "language": _language,
}
