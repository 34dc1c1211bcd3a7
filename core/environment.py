"""Strict readers of environment variables, without Django or any other package.

The settings, the launcher and the container's entry point share them, so that one word
means the same everywhere and a mistyped one is refused instead of guessed.
"""

import os
import re
import sys
from collections.abc import Collection, Mapping

TRUE = ("true", "yes", "on", "1", "y", "ok", "t")
FALSE = ("false", "no", "off", "0", "n", "f")


class SettingError(ValueError):
    """A variable whose value means nothing; the message names it, the value and what is allowed."""

    def __init__(self, name: str, value: str, allowed: str) -> None:
        super().__init__(f"{name}={value} is not allowed: {name} has to be {allowed}.")


def boolean(name: str, value: str) -> bool:
    """`True` or `False` in any of their common spellings."""
    word = value.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise SettingError(name, value, "True or False (or yes/no, on/off, 1/0)")


def choice(name: str, value: str, allowed: Collection[str]) -> str:
    """The allowed word that `value` is, whatever its case."""
    for word in allowed:
        if word.lower() == value.strip().lower():
            return word
    named = [word or "empty" for word in allowed]
    raise SettingError(name, value, f"one of {', '.join(named)}")


def integer(name: str, value: str, minimum: int, maximum: int) -> int:
    """A whole number within its bounds; underscores may group its digits."""
    allowed = f"a whole number from {minimum} to {maximum}"
    if not re.fullmatch(r"\s*[+-]?[0-9]+(_[0-9]+)*\s*", value) or len(value) > 30:
        raise SettingError(name, value, allowed)
    number = int(value)
    if not minimum <= number <= maximum:
        raise SettingError(name, value, allowed)
    return number


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """For shells: exit status 0 when the named variable is true, 1 when false, 2 for nonsense."""
    (name,) = arguments
    try:
        return 0 if boolean(name, environ.get(name) or "False") else 1
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
