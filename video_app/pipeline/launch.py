"""A program of its own: put limits on this process, then become another one.

`python -I -S launch.py SECONDS BYTES FILE_BYTES NICENESS PARENT -- PROGRAM ARGUMENT…`

Done after the fork and in a fresh interpreter, because a `preexec_fn` may deadlock
in a process with threads. The program dies with its parent (Linux), is nice to
the rest of the machine, and may neither take its memory nor fill its disk.
"""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

PR_SET_PDEATHSIG = 1
# A whole film is joined from its segments, 3,600 of them in six hours. The second number
# is what macOS grants where it refuses the first.
OPEN_FILES = (65_536, 10_240)


def main(arguments: list[str]) -> None:
    cut = arguments.index("--")
    seconds, memory, file_size, niceness, parent = (int(argument) for argument in arguments[:cut])
    program = arguments[cut + 1 :]
    die_with(parent)
    os.nice(niceness)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_FSIZE, file_size)
    limit(resource.RLIMIT_CORE, 0)
    allow_open_files()
    if sys.platform == "linux":  # elsewhere address space is no measure of memory
        limit(resource.RLIMIT_AS, memory)
    os.execvp(program[0], program)  # noqa: S606 - an argument list, never a shell


def die_with(parent: int) -> None:
    """Ask for SIGKILL when the parent goes; leave at once if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def allow_open_files() -> None:
    """As many as the system lets us have; without more, short films still work."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in OPEN_FILES:
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            return
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return


if __name__ == "__main__":
    main(sys.argv[1:])
