"""Variables that mean nothing are refused at the start, in one sentence, wherever they are read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from core import environment
from core.environment import SettingError, boolean, choice, integer
from core.settings.env import Env

ROOT = Path(django_settings.BASE_DIR)


def start(directory: Path, code: str = "import core.settings", **env: str) -> tuple[int, str]:
    """Exit code and last line of a Python that reads the settings, and nothing else."""
    clean = {"PATH": os.environ["PATH"], "IGNORE_DOTENV": "1", "VAR_DIR": str(directory / "var")}
    clean["MEDIA_ROOT"] = str(directory / "media")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean | env, capture_output=True, text=True
    )
    return done.returncode, (done.stderr or done.stdout).strip().rpartition("\n")[2]


@pytest.mark.parametrize("value", ["True", "yes", "ON", "1", " true ", "y"])
def test_boolean_reads_true(value: str) -> None:
    assert boolean("PRODUCTION", value)


@pytest.mark.parametrize("value", ["False", "no", "OFF", "0", " false ", "n"])
def test_boolean_reads_false(value: str) -> None:
    assert not boolean("PRODUCTION", value)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PRODUCTION", "Treu", "True or False"),
        ("PRODUCTION", "2", "True or False"),
        ("USE_S3_MEDIA", "ture", "True or False"),
        ("IGNORE_DOTENV", "maybe", "True or False"),
        ("MEDIA_ACCEL", "ngnix", "one of empty, nginx"),
        ("MEDIA_ACCEL", "off", "one of empty, nginx"),
        ("LOG_LEVEL", "INFOO", "one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("JWT_COOKIE_SAMESITE", "Laxx", "one of Lax, Strict, None"),
        ("WEB_WORKERS", "two", "a whole number from 1 to 256"),
        ("WEB_THREADS", "0", "a whole number from 2 to 1000"),
        ("EMAIL_PORT", "99999", "a whole number from 1 to 65535"),
        ("MAX_UPLOAD_BYTES", "-1", "a whole number from 1 to"),
        ("SWEEP_SECONDS", "1.5", "a whole number from 1 to 86400"),
        ("ACCESS_TOKEN_MINUTES", "0", "a whole number from 1 to 1440"),
        ("REFRESH_TOKEN_DAYS", "7 weeks", "a whole number from 0 to 3650"),
        ("SESSION_MAX_DAYS", "99999999", "a whole number from 0 to 3650"),
    ],
)
def test_settings_refuse_nonsense(tmp_path: Path, name: str, value: str, allowed: str) -> None:
    code, sentence = start(tmp_path, **{name: value})

    assert code != 0
    assert f"{name}={value} is not allowed: {name} has to be {allowed}" in sentence


def test_settings_read_every_template_default(tmp_path: Path) -> None:
    lines = (ROOT / ".env.template").read_text().splitlines()
    pairs = [line.lstrip("#").split("=", 1) for line in lines if line[:2] != "# " and "=" in line]
    defaults = {name: value for name, value in pairs if name not in ("MEDIA_ROOT", "VAR_DIR")}

    code, sentence = start(tmp_path, **defaults | {"IGNORE_DOTENV": "1"})

    assert (code, sentence) == (0, "")


@pytest.mark.parametrize("value", ["", "1e3", "0x10", "¹", "1__0", "9" * 5000, "\u0661"])
def test_integer_refuses_nonsense(value: str) -> None:
    with pytest.raises(SettingError, match="whole number from 0 to 10"):
        integer("X", value, 0, 10)


def test_choice_returns_the_allowed_spelling() -> None:
    assert choice("X", "NGINX", ("", "nginx")) == "nginx"


def test_reading_deletes_nothing() -> None:
    variables = {"EMPTY": "", "SET": "x"}
    env = Env(variables, {"EMPTY": "from .env"})

    assert (env.str("EMPTY"), env.str("SET"), env.str("ABSENT", default="d")) == (
        "from .env",
        "x",
        "d",
    )
    assert variables == {"EMPTY": "", "SET": "x"}


def test_importing_settings_keeps_empty_variables(tmp_path: Path) -> None:
    shown = "import os, core.settings; print(os.environ['DB_HOST'] == '')"

    assert start(tmp_path, shown, DB_HOST="") == (0, "True")


def test_importing_settings_makes_no_folder(tmp_path: Path) -> None:
    code, _ = start(tmp_path, SECRET_KEY="x" * 60, EMAIL_HOST="smtp.example")

    assert code == 0
    assert list(tmp_path.iterdir()) == []


def test_reads_secret_from_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")

    assert Env({"KEY": "other", "KEY_FILE": str(file)}, {}).str("KEY") == "from the file"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "binary"])
def test_names_unreadable_secret_file(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ImproperlyConfigured, match=r"KEY_FILE=.*secret cannot be read"):
        Env({"KEY_FILE": str(file)}, {}).str("KEY")


def test_ignores_empty_secret_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(" \n")

    assert Env({"KEY_FILE": str(file)}, {}).str("KEY", default="default") == "default"


def test_keeps_leading_dollar() -> None:
    assert Env({"DB_PASSWORD": "$HOME", "HOME": "x"}, {}).str("DB_PASSWORD") == "$HOME"


@pytest.mark.parametrize(("value", "status"), [("yes", 0), ("off", 1), ("", 1), ("Treu", 2)])
def test_tells_shells_by_exit_status(
    value: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert environment.main(["PRODUCTION"], {"PRODUCTION": value}) == status
    assert ("PRODUCTION=Treu is not allowed" in capsys.readouterr().err) == (status == 2)


@pytest.mark.parametrize(("value", "status"), [("Treu", 2), ("", 0), ("1", 0)])
def test_entrypoint_refuses_nonsense(tmp_path: Path, value: str, status: int) -> None:
    """With the programs that it would start replaced by one that does nothing."""
    stub = tmp_path / "python"
    stub.write_text(
        f'#!/bin/sh\ncase "$*" in *manage.py*|*gunicorn*) ;; *) exec {sys.executable} "$@";; esac\n'
    )
    stub.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "VAR_DIR": str(tmp_path)}

    done = subprocess.run(
        ["sh", "backend.entrypoint.sh", "web"], cwd=ROOT, env=env | {"PRODUCTION": value}
    )

    assert done.returncode == status
