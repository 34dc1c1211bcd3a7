"""A program of its own: put limits on this process, then become another one.

`python -I -S launch.py SECONDS BYTES FILE_BYTES PARENT -- PROGRAM ARGUMENT…`

Done after the fork and in a fresh interpreter, because a `preexec_fn` may deadlock
in a process with threads. The program dies with its parent (Linux), is nice to
the rest of the machine, and may neither take its memory nor fill its disk.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
NICENESS = 10


def main(arguments: list[str]) -> None:
    cut = arguments.index("--")
    seconds, memory, file_size, parent = (int(argument) for argument in arguments[:cut])
    program = arguments[cut + 1 :]
    die_with(parent)
    os.nice(NICENESS)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_FSIZE, file_size)
    limit(resource.RLIMIT_CORE, 0)
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


if __name__ == "__main__":
    main(sys.argv[1:])
