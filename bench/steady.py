"""Steady viewers over HTTPS with HTTP/2: how many two cores hold, each asking once in six seconds.

Every viewer is one of whom nginx knows nothing at that moment, as in life: each segment costs one
question to Django. Play links stand for the sessions, a different one for each of many viewers.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import load, nginx
from bench.steps import say, step
from tests.stack import Stack, free_port, running_stack

SECONDS_PER_SEGMENT = 6
CONNECTIONS = 32  # of h2load, each with streams of its own
LINKS = 40
ENOUGH_MS = 100
RATES = (100, 200, 300, 400, 600, 800, 1200, 1600)
SETTINGS: dict[str, Any] = {
    "DJANGO_SETTINGS_MODULE": "bench.settings",
    "ACCESS_LOG": "0",
    "MEDIA_ACCEL": "nginx",
}
SEED = """
import json, os
from django.conf import settings
from auth_app.models import Session
from tests.people import access_token, make_user
from video_app.streaming import play_links
from video_app.streaming.play_right import PlayRight
from video_app.tests.films import make_film
film = make_film(segments=40)
root = os.path.join(settings.MEDIA_ROOT, film.current_build.prefix, "720p")
for name in os.listdir(root):
    with open(os.path.join(root, name), "wb") as file:
        file.write(os.urandom({size}))
rights = []
for number in range({links}):
    user = make_user(f"viewer{{number}}")
    access_token(user)
    session = Session.objects.get(user=user)
    rights.append(str(PlayRight.of(play_links.make(user, session, film, film.current_build))))
print(json.dumps({{"film": film.pk, "build": film.current_build_id, "rights": rights}}))
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./videoflix bench steady", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="of each rate")
    parser.add_argument("--kilobytes", type=int, default=1000, help="of a segment")
    asked = parser.parse_args(arguments)
    for program, package in [("h2load", "nghttp2-client"), ("nginx", "nginx-light")]:
        if shutil.which(program) is None:
            print(f"Needs {program} (Debian: sudo apt install {package}).", file=sys.stderr)  # noqa: T201
            return 1
    directory = Path(tempfile.mkdtemp(prefix="videoflix-bench-"))
    try:
        with running_stack(directory, worker=False, **SETTINGS) as stack, _front(stack) as port:
            _report(stack, port, asked)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


@contextmanager
def _front(stack: Stack) -> Iterator[int]:
    port, certificate = free_port(), stack.directory / "certificate.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -batch"
    files = ["-keyout", str(certificate), "-out", f"{certificate}.crt", "-subj", "/CN=localhost"]
    subprocess.run([*make.split(), *files], check=True, capture_output=True)
    folder = stack.directory / "nginx"
    with nginx.running_nginx(folder, stack.media, port, stack.port, certificate=certificate):
        yield port


def _report(stack: Stack, port: int, asked: argparse.Namespace) -> None:
    step(f"making a film of 40 segments of {asked.kilobytes} kB and {LINKS} play links")
    code = SEED.format(size=asked.kilobytes * 1000, links=LINKS)
    seeded = json.loads(stack.manage("shell", "-v", "0", "-c", code))
    addresses = stack.directory / "addresses.txt"
    addresses.write_text("\n".join(_addresses(port, **seeded)))
    say(f"{load.load_of_machine()}; h2load with {CONNECTIONS} connections on the same cores.")
    say(f"{'viewers':>9}{'asked/s':>9}{'sent/s':>9}{'MB/s':>7}{'p50 ms':>8}{'p99 ms':>8}{'bad':>5}")
    held = 0
    for rate in RATES:
        p99, sent = _measure(rate, addresses, stack.directory, asked)
        if p99 > ENOUGH_MS or sent < 0.95 * rate:
            break
        held = rate * SECONDS_PER_SEGMENT
    say(f"Held at p99 of {ENOUGH_MS} ms: {held} viewers.")


def _addresses(port: int, film: int, build: int, rights: list[str]) -> Iterator[str]:
    """Viewers in turns, so that none asks twice within the second that nginx remembers."""
    for number in range(40):
        for right in rights:
            path = f"/api/play/{right}/{film}/720p/{number:03d}.ts?b={build}"
            yield f"https://127.0.0.1:{port}{path}"


def _measure(
    rate: int, addresses: Path, directory: Path, asked: argparse.Namespace
) -> tuple[float, float]:
    """The 99th percentile in milliseconds, and how many were sent per second."""
    log = directory / f"times-{rate}.txt"
    command = ["h2load", "-t1", f"-c{CONNECTIONS}", "-m16", f"--rps={rate / CONNECTIONS:g}"]
    command += [f"-D{asked.seconds}", f"--log-file={log}", f"-i{addresses}"]
    subprocess.run(command, check=True, capture_output=True)
    rows = [line.split("\t") for line in log.read_text().splitlines()]
    times = sorted(int(row[2]) / 1000 for row in rows) or [0.0]
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99) - 1]
    sent = len(rows) / asked.seconds
    bad = sum(row[1] != "200" for row in rows)
    megabytes = sent * asked.kilobytes / 1000
    viewers = rate * SECONDS_PER_SEGMENT
    say(f"{viewers:9}{rate:9}{sent:9.0f}{megabytes:7.0f}{p50:8.1f}{p99:8.1f}{bad:5}")
    return p99, sent


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
