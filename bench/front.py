"""The product once more, behind an nginx."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench import nginx
from bench.served import Bench
from tests.stack import Stack, free_port


@contextmanager
def behind_nginx(bench: Bench) -> Iterator[Bench]:
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
