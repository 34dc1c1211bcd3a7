"""Strict readers of environment variables, without Django or any other package.

The settings, the launcher and the container's entry point share them, so that one word
means the same everywhere and a mistyped one is refused instead of guessed.
"""

import os
import re
import sys
from collections.abc import Collection, Mapping
from datetime import timedelta

TRUE = ("true", "yes", "on", "1", "y", "ok", "t")
FALSE = ("false", "no", "off", "0", "n", "f")
UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_TERM = re.compile(r"(\d{1,9})\s*(min|h|d)")


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


def duration(name: str, value: str, unit: str, minimum: timedelta, maximum: timedelta) -> timedelta:
    """A number of `unit` (min, h or d), or terms with units of their own: `90min`, `1d 12h`."""
    text = value.strip().lower()
    if re.fullmatch(r"[0-9]{1,9}", text):
        text += unit
    length = timedelta()
    for number, suffix in _TERM.findall(text):
        length += int(number) * UNITS[suffix]
    if _TERM.sub("", text).strip() or not minimum <= length <= maximum:
        allowed = f"from {_spell(minimum)} to {_spell(maximum)}, as in 90min, 12h or 7d"
        raise SettingError(name, value, allowed)
    return length


def _spell(length: timedelta) -> str:
    for suffix in ("d", "h"):
        if not length % UNITS[suffix]:
            return f"{length // UNITS[suffix]}{suffix}"
    return f"{length // UNITS['min']}min"


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
