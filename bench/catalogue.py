"""What people find: home, lists, search and a film, with few films and with many.

Bounded, on loopback only, in a temporary folder; SQLite. Asked by one connection, as many users
by turns, so that the machine's other work shows least.
"""

import argparse
import http.client
import itertools
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import load
from bench.catalogue_films import GROW, QUERIES, SEED, title
from bench.goal import Goal
from bench.steps import say, step
from tests.stack import Stack, running_stack

SIZES = (10, 10_000, 100_000)
USERS = 50
ROUNDS = 150
SEARCH_LIMIT = 50.0  # milliseconds
LIST_CPU = 6.0  # milliseconds
GROWTH = 1.3


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds, and CPU milliseconds of the servers, per request."""

    p50: float
    p95: float
    cpu: float


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./videoflix bench catalogue", description=__doc__)
    parser.add_argument("--films", type=int, default=SIZES[-1], help="the largest catalogue")
    asked = parser.parse_args(arguments)
    directory = Path(tempfile.mkdtemp(prefix="videoflix-bench-"))
    try:
        with running_stack(directory, worker=False, ACCESS_LOG="0") as stack:
            return _report(stack, [size for size in SIZES if size <= asked.films])
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _report(stack: Stack, sizes: list[int]) -> int:
    seeded = json.loads(stack.manage("shell", "-v", "0", "-c", SEED % USERS))
    say(load.load_of_machine())
    say(f"\n{'Films':>7} {'':8}{'queries':>9}{'CPU ms':>9}{'p50 ms':>9}{'p95 ms':>9}")
    found: dict[tuple[str, int], Asked] = {}
    for total in sizes:
        step(f"a catalogue of {total} films")
        stack.manage("shell", "-v", "0", "-c", GROW.format(film=seeded["film"], total=total))
        _measure(stack, seeded, total, found)
    return _judge(found, sizes)


def _measure(
    stack: Stack, seeded: dict[str, object], total: int, found: dict[tuple[str, int], Asked]
) -> None:
    tokens = [str(token) for token in seeded["tokens"]]  # type: ignore[attr-defined]
    paths = {name: next(addresses) for name, addresses in _paths(seeded["film"]).items()}
    script = QUERIES.format(paths=json.dumps(paths), token=tokens[0])
    queries = json.loads(stack.manage("shell", "-v", "0", "-c", script))
    for name, addresses in _paths(seeded["film"]).items():
        asked = _ask(stack, tokens, addresses)
        found[name, total] = asked
        say(
            f"{total:>7} {name:8}{queries[name]:>9}"
            f"{asked.cpu:>9.1f}{asked.p50:>9.1f}{asked.p95:>9.1f}"
        )


def _paths(film: object) -> dict[str, "itertools.cycle[str]"]:
    chance = random.Random(7)
    typed = [f"/api/video/?page=1&search={_misspelt(chance)}" for _ in range(ROUNDS)]
    return {
        "home": itertools.cycle(["/api/home/"]),
        "list": itertools.cycle(["/api/video/?page=1&page_size=20"]),
        "search": itertools.cycle(typed),
        "film": itertools.cycle([f"/api/video/{film}/"]),
    }


def _misspelt(chance: random.Random) -> str:
    """Two words, one letter of which is missing every second time."""
    word = "+".join(title(chance).split()[:2]).lower()
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + chance.choice((0, 1)) :]


def _ask(stack: Stack, tokens: list[str], addresses: "itertools.cycle[str]") -> Asked:
    servers = load.family(stack.processes["web"].pid)
    users = itertools.cycle(tokens)
    connection = http.client.HTTPConnection("127.0.0.1", stack.port)
    for _ in range(USERS):  # each one's counts are made once, and again after a change
        _get(connection, next(addresses), next(users))
    before, times = sum(map(load.cpu_seconds, servers)), []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        _get(connection, next(addresses), next(users))
        times.append(1000 * (time.perf_counter() - begun))
    cpu = sum(map(load.cpu_seconds, servers)) - before
    connection.close()
    p95 = statistics.quantiles(times, n=20)[-1]
    return Asked(statistics.median(times), p95, 1000 * cpu / ROUNDS)


def _get(connection: http.client.HTTPConnection, path: str, token: str) -> None:
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")


def _judge(found: dict[tuple[str, int], Asked], sizes: list[int]) -> int:
    small, large = sizes[0], sizes[-1]
    goals = [
        Goal(f"p95 of {name}, {large} films : {small}",
             found[name, large].p95 / found[name, small].p95, GROWTH)
        for name in ("home", "list", "search", "film")
    ]  # fmt: skip
    goals.append(Goal("CPU ms of the list's first page", found["list", large].cpu, LIST_CPU))
    goals.append(Goal("p95 ms of the search", found["search", large].p95, SEARCH_LIMIT))
    say("")
    for goal in goals:
        say(str(goal))
    return 0 if all(goal.holds for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
