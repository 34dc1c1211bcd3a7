"""The only place that starts processes: ffmpeg and the probe, under limits."""

import os
import re
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from video_app.pipeline.command.opening import OWN_ASPECTS
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.sentences import sentence

LAUNCH = Path(__file__).with_name("launch.py")
STDERR_TAIL = 4000
MAX_OUTPUT = 16 * 1024**2
POLL_SECONDS = 1.0
OWN_ASPECTS_SINCE = 7
NO_FFMPEG = sentence("There is no ffmpeg: install it or set FFMPEG_BINARY.")


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Seconds of wall clock, bytes of memory, bytes of any one file written, and by how much
    the program is nicer to others than we are (nice(2))."""

    seconds: int = 600
    memory: int = 4 * 1024**3
    file_size: int = 512 * 1024**2
    niceness: int = 10


class TimeLimitError(EncodeError):
    """The process was killed because it took too long."""


@cache
def find_ffmpeg(configured: str = "") -> str:
    """The ffmpeg to use: the configured one, else PATH's, else the wheel's."""
    if configured:
        return configured
    if found := shutil.which("ffmpeg"):
        return found
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        raise EncodeError(NO_FFMPEG) from None
    return str(get_ffmpeg_exe())


@cache
def version(binary: str) -> int:
    """The first number of it. Snapshots have none, and are newer than all."""
    command = [binary, "-version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"version n?(\d+)", done.stdout)
    return int(found[1]) if found else sys.maxsize


def run(
    argv: list[str],
    limits: ProcessLimits,
    *,
    cwd: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    watch: Callable[[], None] | None = None,
    on_complaint: Callable[[str], None] | None = None,
) -> str:
    """Run a program to its end and return its standard output.

    `on_line` gets each line of output as it comes (then nothing is returned);
    `watch` is called about once a second and stops the program by raising;
    `on_complaint` gets the end of what a program said that nevertheless ended well.
    `TimeLimitError` after `limits.seconds`, `EncodeError` on a non-zero exit.
    The program never outlives this call.
    """
    if OWN_ASPECTS in argv and version(argv[0]) < OWN_ASPECTS_SINCE:
        argv = [word for word in argv if word != OWN_ASPECTS]
    process = _start(argv, limits, cwd)
    try:
        output, errors = _pump(process, limits.seconds, on_line, watch)
        status = process.wait()
    finally:
        _end(process)
    if status != 0:
        raise EncodeError(f"exit status {status}: {errors[-500:].strip()}")
    if errors and on_complaint:
        on_complaint(errors)
    return output


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # SIGTERM is ignored by an ffmpeg that duplicates frames
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()


def _start(argv: list[str], limits: ProcessLimits, cwd: Path | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - an argument list, no shell
        _limited(argv, limits),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def _limited(argv: list[str], limits: ProcessLimits) -> list[str]:
    cpu_seconds = limits.seconds * (os.cpu_count() or 1)
    numbers = (cpu_seconds, limits.memory, limits.file_size, limits.niceness, os.getpid())
    return [sys.executable, "-I", "-S", str(LAUNCH), *map(str, numbers), "--", *argv]


def _pump(
    process: subprocess.Popen[bytes],
    seconds: int,
    on_line: Callable[[str], None] | None,
    watch: Callable[[], None] | None,
) -> tuple[str, str]:
    """Read both pipes until they close; the whole output and the tail of the errors."""
    deadline = time.monotonic() + seconds
    output, errors = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None  # noqa: S101 - both were asked for
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            if time.monotonic() > deadline:
                raise TimeLimitError(f"not finished after {seconds} s")
            for key, _ in selector.select(POLL_SECONDS):
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    errors = (errors + chunk)[-STDERR_TAIL:]
                else:
                    output += chunk
                    output = _lines(output, on_line) if on_line else output
                    _refuse_flood(output)
            if watch:
                watch()
    return output.decode(errors="replace"), errors.decode(errors="replace")


def _lines(output: bytearray, on_line: Callable[[str], None]) -> bytearray:
    """Hand over the complete lines, keep the rest."""
    *lines, rest = output.split(b"\n")
    for line in lines:
        on_line(line.decode(errors="replace"))
    return bytearray(rest)


def _refuse_flood(output: bytearray) -> None:
    if len(output) > MAX_OUTPUT:
        raise EncodeError("the program printed too much")
