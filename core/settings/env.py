"""Reading the environment: `.env`, secrets in files, and several names for one thing."""

import os
from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent


class Env(environ.FileAwareEnv):  # type: ignore[misc]  # the library has no types
    """`environ.FileAwareEnv` that remembers which names the settings asked for.

    A variable that is present but empty counts as absent: compose files and
    templates hand over empty strings for "not set".
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        self.names.add(var)
        if os.environ.get(var) == "":
            del os.environ[var]
        return super().get_value(var, *args, **kwargs)

    def first(self, *names: str, default: str = "") -> str:
        """The first of several synonymous variables that is set."""
        for name in names:
            if value := str(self.str(name, default="")):
                return value
        return default


env = Env()
if not env.bool("IGNORE_DOTENV", default=False):
    env.read_env(BASE_DIR / ".env")
# What this installation writes and is no media: database, mails, secrets, logs.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
