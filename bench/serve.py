"""Segments, playlists and lists per second, and what they cost.

Bounded, on loopback only, in a temporary folder. The ceiling is nginx with the same
files; the floor a view that looks the video up and streams in pieces.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import load, nginx
from bench.load import Measured
from bench.steps import step
from tests.stack import Stack, free_port, running_stack

ROUNDS = 3
SEGMENTS = 40
SEGMENT_BYTES = 1_000_000
SIZES = (10, 10_000, 100_000)
SETTINGS: dict[str, Any] = {"DJANGO_SETTINGS_MODULE": "bench.settings", "ACCESS_LOG": "0"}
SEED = f"""
import json, os
from django.conf import settings
from tests.people import access_token, make_user
from video_app.tests.films import make_film
film = make_film(segments={SEGMENTS})
root = os.path.join(settings.MEDIA_ROOT, film.current_build.prefix, "720p")
for name in os.listdir(root):
    with open(os.path.join(root, name), "wb") as file:
        file.write(os.urandom({SEGMENT_BYTES}))
print(json.dumps({{"film": film.pk, "build": film.current_build_id,
                  "token": access_token(make_user())}}))
"""
GROW = """
from video_app.models import Video
film = Video.objects.get(pk={film})
have = Video.objects.count()
Video.objects.bulk_create(
    [Video(title=f"Film {{n}}", description="About nothing.", category="drama",
           video_file="sources/a.mp4", source_revision=1, planned_revision=1, duration=240,
           state="completed", current_build_id=film.current_build_id)
     for n in range(have, {total})], batch_size=2000)
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured: the running product, seeded, or a proxy in front of it."""

    stack: Stack
    film: int
    build: int
    token: str
    seconds: float
    port: int
    parents: tuple[int, ...]  # of the processes that answer there

    @property
    def servers(self) -> list[int]:
        return [pid for parent in self.parents for pid in load.family(parent)]

    def ask(self, paths: list[str], *, strangers: bool = False) -> Measured:
        return load.measure(
            self.port,
            paths,
            self.servers,
            self.stack.directory,
            self.seconds,
            {"Authorization": f"Bearer {self.token}"},
            strangers=strangers,
        )

    def segments(self, pattern: str) -> list[str]:
        return [
            pattern.format(film=self.film, build=self.build, number=number)
            for number in range(SEGMENTS)
        ]


OURS = "/api/video/{film}/720p/{number:03d}.ts?b={build}"
PLAIN = "/api/plain/{film}/{number}/"
STATIC = "/plain/hls/{film}/{build}/720p/{number:03d}.ts"
NOTHING = "/nothing/hls/{film}/{build}/720p/{number:03d}.ts"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./videoflix bench serve", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--videos", type=int, default=SIZES[-1], help="the largest catalogue")
    asked = parser.parse_args(arguments)
    if not load.is_installed():
        print("The benchmark needs wrk (Debian: sudo apt install wrk).", file=sys.stderr)  # noqa: T201
        return 1
    directory = Path(tempfile.mkdtemp(prefix="videoflix-bench-"))
    try:
        step("starting the web server with an empty catalogue")
        with running_stack(directory, worker=False, **SETTINGS) as stack:
            _report(_seeded(stack, asked.seconds), asked.videos)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def _seeded(stack: Stack, seconds: float) -> Bench:
    """With one film."""
    step(f"making a film of {SEGMENTS} segments")
    seeded = json.loads(stack.manage("shell", "-v", "0", "-c", SEED))
    parents = (stack.processes["web"].pid,)
    return Bench(stack, seconds=seconds, port=stack.port, parents=parents, **seeded)


def _report(bench: Bench, most_videos: int) -> None:
    _say(f"{load.load_of_machine()}; wrk with {load.CONNECTIONS} connections on the same cores.")
    before = load.memory(bench.servers)
    _report_segments(bench)
    _report_lists(bench, most_videos)
    after = load.memory(bench.servers)
    _say(
        f"\nMemory of the web processes: {before / 1e6:.0f} MB before, {after / 1e6:.0f} MB after."
    )


def _report_segments(bench: Bench) -> None:
    _say(f"\nSegments of {SEGMENT_BYTES / 1e6:.0f} MB, the best of {ROUNDS} rounds each")
    _say(f"{'':34}{'req/s':>9}{'MB/s':>8}{'CPU ms':>9}{'p50 ms':>9}{'p99 ms':>9}")
    step("segments from gunicorn, ours and a plain view's")
    ours, plain = _best(
        lambda: bench.ask(bench.segments(OURS)), lambda: bench.ask(bench.segments(PLAIN))
    )
    _row("ours, gunicorn alone", ours)
    _row("plain view, 8 kB pieces", plain)
    _say(f"ours : plain per CPU second      {_ratio(ours, plain):5.2f} (wanted 2)\n")
    if nginx.is_installed():
        _report_behind_nginx(bench)
    else:
        _say("nginx is not installed (Debian: sudo apt install nginx-light): no ceiling.")


def _report_behind_nginx(bench: Bench) -> None:
    step("starting nginx in front of another web server")
    with _behind_nginx(bench) as front:
        static, nothing, few, many = _best(
            lambda: front.ask(front.segments(STATIC)),
            lambda: front.ask(front.segments(NOTHING)),
            lambda: front.ask(front.segments(OURS)),
            lambda: front.ask(front.segments(OURS), strangers=True),
        )
    _row("nginx alone", static)
    for name, found in (
        ("ours behind nginx, one viewer", few),
        ("ours, a new viewer each time", many),
        ("Python that checks nothing, nginx", nothing),
    ):
        _row(name, found)
        _say(f"  : nginx alone {found.per_second / static.per_second:.2f}")
    _say("(wanted 0.5 for ours)")


def _best(*measures: Callable[[], Measured]) -> list[Measured]:
    """In turns, so that what else the machine does meets all of them."""
    rounds = [_round(number, measures) for number in range(1, ROUNDS + 1)]
    return [max(each, key=lambda found: found.per_second) for each in zip(*rounds, strict=True)]


def _round(number: int, measures: Sequence[Callable[[], Measured]]) -> list[Measured]:
    step(f"round {number} of {ROUNDS}")
    return [measure() for measure in measures]


def _ratio(one: Measured, other: Measured) -> float:
    return one.per_cpu_second / other.per_cpu_second


@contextmanager
def _behind_nginx(bench: Bench) -> Iterator[Bench]:
    """The same product once more, with MEDIA_ACCEL, behind an nginx."""
    stack = Stack(bench.stack.directory, bench.stack.env | {"MEDIA_ACCEL": "nginx"})
    nowhere = free_port()
    port, directory = free_port(), stack.directory / "nginx"
    with _nothing(nowhere) as nothing:
        stack.start_web()
        try:
            with nginx.running_nginx(directory, stack.media, port, stack.port, nowhere) as process:
                parents = (process.pid, nothing.pid, stack.processes["web"].pid)
                yield replace(bench, stack=stack, port=port, parents=parents)
        finally:
            stack.stop("web")


@contextmanager
def _nothing(port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "gunicorn", "--log-level=error", "--worker-class=gthread"]
    command += ["--workers=2", "--threads=16", "--keep-alive=75", f"--bind=127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "bench.nothing"])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _report_lists(bench: Bench, most_videos: int) -> None:
    film = f"/api/video/{bench.film}"
    _say(f"\n{'Videos':34}{'req/s':>9}{'':8}{'CPU ms':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for total in [size for size in SIZES if size <= most_videos]:
        step(f"a catalogue of {total} videos")
        bench.stack.manage("shell", "-v", "0", "-c", GROW.format(film=bench.film, total=total))
        _row(f"{total:>7} first page", bench.ask(["/api/video/?page=1&page_size=10"]))
        _row(f"{'':>7} rendition playlist", bench.ask([f"{film}/720p/index.m3u8"]))
        _row(f"{'':>7} master playlist", bench.ask([f"{film}/master.m3u8"]))


def _row(name: str, found: Measured) -> None:
    megabytes = found.size / found.seconds / 1e6
    per_request = 1000 * found.cpu / found.requests
    errors = f"  {found.errors} errors!" if found.errors else ""
    _say(
        f"{name:34}{found.per_second:9.0f}{megabytes:8.0f}{per_request:9.2f}"
        f"{found.p50:9.1f}{found.p99:9.1f}{errors}"
    )


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
