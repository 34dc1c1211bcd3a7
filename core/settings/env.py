"""Reading the environment: `.env`, secrets in files, and several names for one thing."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

from core import environment
from core.environment import SettingError

BASE_DIR = Path(__file__).resolve().parent.parent.parent
T = TypeVar("T")
# `Env` has methods of these names.
Text: TypeAlias = str
Number: TypeAlias = int
Flag: TypeAlias = bool
Words: TypeAlias = list[str]


class Env:
    """Variables of the environment, then of `.env`; remembers which names were asked for.

    A variable that is present but empty counts as absent: compose files and templates hand
    over empty strings for "not set". Reading changes nothing, neither here nor in `os.environ`.
    """

    def __init__(
        self,
        variables: Mapping[Text, Text],
        dotenv: Mapping[Text, Text],
    ) -> None:
        self._sources = (variables, dotenv)
        self.names: set[Text] = set()

    def str(self, name: Text, default: Text = "") -> Text:
        """The value; with `NAME_FILE` set, what that file holds."""
        self.names.add(name)
        if file := self._find(f"{name}_FILE"):
            return _text_of(name, file) or default
        return self._find(name) or default

    def first(self, *names: Text, default: Text = "") -> Text:
        """The first of several synonymous variables that is set."""
        return next(filter(None, map(self.str, names)), default)

    def bool(self, name: Text, *, default: Flag) -> Flag:
        return self._read(name, default, lambda text: environment.boolean(name, text))

    def choice(self, name: Text, allowed: Collection[Text], *, default: Text) -> Text:
        return self._read(name, default, lambda text: environment.choice(name, text, allowed))

    def int(
        self,
        name: Text,
        *,
        default: Number,
        minimum: Number = 0,
        maximum: Number = 2**31 - 1,
    ) -> Number:
        def read(text: Text) -> Number:
            return environment.integer(name, text, minimum, maximum)

        return self._read(name, default, read)

    def list(self, name: Text, *, default: Sequence[Text]) -> Words:
        """Words separated by commas."""
        words = [word.strip() for word in self.str(name).split(",")]
        return [word for word in words if word] or [*default]

    def db_url(self, name: Text) -> dict[Text, Any]:
        return dict(environ.Env.db_url_config(self.str(name)))

    def _find(self, name: Text) -> Text:
        return next((source[name] for source in self._sources if source.get(name)), "")

    def _read(self, name: Text, default: T, read: Callable[[Text], T]) -> T:
        text = self.str(name)
        if not text:
            return default
        try:
            return read(text)
        except SettingError as error:
            raise ImproperlyConfigured(str(error)) from None


def _text_of(name: str, file: str) -> str:
    try:
        return Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE={file} cannot be read: {error}") from None


class _Dotenv(environ.Env):  # type: ignore[misc]  # the library has no types
    """Reads a file into a mapping of its own instead of into `os.environ`."""

    ENVIRON: dict[str, str] = {}


def _environment() -> Env:
    """The process's own environment, with `.env` below it unless IGNORE_DOTENV says no."""
    env = Env(os.environ, _Dotenv.ENVIRON)
    if not env.bool("IGNORE_DOTENV", default=False):
        _Dotenv.read_env(BASE_DIR / ".env")
    # Programs that are started from here, and Django's own commands, read it there.
    for name, value in _Dotenv.ENVIRON.items():
        os.environ.setdefault(name, value)
    return env


env = _environment()
# What this installation writes and is no media: database, mails, secrets, logs.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
