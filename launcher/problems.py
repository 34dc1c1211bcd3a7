"""How the launcher speaks: one clear sentence, never a traceback."""

import sys


class Problem(Exception):
    """Something that the person at the keyboard can mend; the message says what and how."""


class Stopped(Exception):
    """SIGINT, SIGTERM or SIGHUP arrived."""


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
