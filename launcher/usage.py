"""What `./videoflix` can be asked to do, in words."""

import ast
from difflib import get_close_matches

from launcher.installation import ROOT

HELP = """\
usage: ./videoflix COMMAND [ARGUMENT ...]

  up        install what is missing and run Videoflix until Ctrl-C
  doctor    say what is missing or wrong on this machine
  test      run the tests; arguments go to pytest
  manage    Django's manage.py in this environment
  web       only the site, for PostgreSQL, Redis and workers elsewhere
  worker    one more worker for the same database and Redis
  backup    copy everything into a folder or a bucket, while it runs
  restore   fill an empty installation from a backup
  bench     measure this installation
  language  translate the site, or bring its translations up to date

`./videoflix COMMAND --help` explains one. All settings are listed in .env.template."""

UP = """\
usage: ./videoflix up [--no-demo]

Installs what is missing into .venv/, then runs web server, worker and (unless REDIS_URL is
set) Redis until Ctrl-C. The first start also makes three demo films.

  --no-demo   without the demo films

HOST and PORT choose the address (127.0.0.1 and 8000), in the environment or in .env:
PORT=8080 ./videoflix up"""

DOCTOR = """\
usage: ./videoflix doctor

Checks Python, packages, package index, folders, disk, port, ffmpeg, Redis and database.
Changes nothing. Ends with 1 when something is wrong."""

TEST = """\
usage: ./videoflix test [--postgres] [--faults] [--slow] [--browser] [PYTEST ARGUMENT ...]

Without arguments: every test but those of the three groups, on SQLite, on all cores.

  --faults     only the tests that kill processes and take disks or networks away
  --slow       only the tests that take minutes (docs/acceptance.md has dated results)
  --browser    only the tests that drive Chromium
  --postgres   on a throw-away PostgreSQL instead of SQLite

Groups can be combined. Every other argument goes to pytest (-k, -x, -n 0, a file, ...). A file
that is named runs whatever its group: ./videoflix test tests/faults/test_redis.py -x"""

MANAGE = """\
usage: ./videoflix manage COMMAND [ARGUMENT ...]

Runs Django's manage.py with this installation's database, Redis and settings.

  ./videoflix manage help            lists the commands
  ./videoflix manage help COMMAND    explains one"""

WEB = """\
usage: ./videoflix web

Migrates the database, then runs the web server until Ctrl-C: no worker, no Redis and no database
of its own. DATABASE_URL, REDIS_URL, BUCKET_URL and SECRET_KEY, in the environment or in .env, say
where those are; HOST and PORT choose the address. See docs/deploy.md."""

WORKER = """\
usage: ./videoflix worker [ARGUMENT ...]

Runs one more worker for the same database, Redis and media folder until Ctrl-C.
`./videoflix manage help worker` lists its arguments."""

BENCH = """\
usage: ./videoflix bench NAME [ARGUMENT ...]

{names}

`./videoflix bench NAME --help` lists its arguments. docs/benchmarks.md has results."""

BACKUP = """\
usage: ./videoflix backup PLACE [--sources-only]

Copies all rows and files into a folder, or to s3://bucket/prefix, while everything runs. Again
into the same place it copies only what is new. See docs/operations.md."""

RESTORE = """\
usage: ./videoflix restore PLACE

Fills an empty installation of the same release from a backup and compares it with that."""

LANGUAGE = """\
usage: ./videoflix language [CODE ...]

For developers: writes what is marked for translation into locale/<code>/LC_MESSAGES/django.po and
compiles what is translated there; without a code, for every language that there is. A new code
(fr, pt-br, ...) makes a new language, which the site offers from its next start on."""

HELPS = {"up": UP, "doctor": DOCTOR, "test": TEST, "manage": MANAGE}
HELPS |= {"web": WEB, "worker": WORKER, "backup": BACKUP, "restore": RESTORE, "language": LANGUAGE}
ASKS_FOR_HELP = ("-h", "--help")


def help_on(name: str) -> str:
    """The help on a command; on all of them for any other name."""
    return bench_help() if name == "bench" else HELPS.get(name, HELP)


def bench_help() -> str:
    names = "\n".join(f"  {name:<12}{first}" for name, first in benchmarks().items())
    return BENCH.format(names=names)


def benchmarks() -> dict[str, str]:
    """Name → first line of its docstring, for every module of `bench/` that can be run."""
    texts = {path.stem: path.read_text() for path in sorted((ROOT / "bench").glob("*.py"))}
    return {name: _first_line(text) for name, text in texts.items() if "__main__" in text}


def _first_line(source: str) -> str:
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def did_you_mean(name: str, known: list[str]) -> str:
    """A question about the nearest known word; "" when none is near."""
    nearest = get_close_matches(name, known, 1, cutoff=0.5)
    return f" Did you mean `{nearest[0]}`?" if nearest else ""
