"""`.env.template`, the settings and docker-compose.yml know the same variables."""

import os
import re
import subprocess
import sys
from pathlib import Path

import environ
import pytest

from launcher.installation import read_dotenv
from tests.stack import ROOT

TEMPLATE = ROOT / ".env.template"
NAMES = re.compile(r"^#?([A-Z][A-Z0-9_]+)=", re.MULTILINE)
PRINT_NAMES = "import core.settings; from core.settings.env import env; print(*env.names)"


def template_names() -> list[str]:
    return NAMES.findall(TEMPLATE.read_text())


def settings_names(tmp_path: Path, **env: str) -> set[str]:
    """What the settings ask for, in an environment that holds nothing else."""
    clean = {"PATH": os.environ["PATH"], "IGNORE_DOTENV": "1", "VAR_DIR": str(tmp_path)}
    clean["MEDIA_ROOT"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PRINT_NAMES],
        cwd=ROOT,
        env=clean | env,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def compose_names() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))


def launcher_names() -> set[str]:
    texts = [path.read_text() for path in (ROOT / "launcher").glob("*.py")]
    calls = re.findall(r"\.get\(((?:\"[A-Z_]+\"(?:, )?)+)\)", "".join(texts))
    return set(re.findall(r"[A-Z_]+", " ".join(calls)))


def test_lists_every_setting(tmp_path: Path) -> None:
    asked = settings_names(tmp_path) | settings_names(tmp_path, DB_HOST="db")

    assert asked - set(template_names()) == set()


def test_lists_variables_of_docker_and_launcher() -> None:
    assert (compose_names() | launcher_names()) - set(template_names()) == set()


def test_lists_no_unread_variable(tmp_path: Path) -> None:
    asked = settings_names(tmp_path) | settings_names(tmp_path, DB_HOST="db")

    assert set(template_names()) - asked - compose_names() - launcher_names() == set()


def test_lists_no_variable_twice() -> None:
    names = template_names()

    assert sorted(names) == sorted(set(names))


def test_explains_every_variable() -> None:
    for paragraph in TEMPLATE.read_text().split("\n\n"):
        first = paragraph.strip().splitlines()[:1]
        assert not first or first[0].startswith("# "), first


def test_copy_starts_development(tmp_path: Path) -> None:
    values = read_dotenv(TEMPLATE)

    assert "PRODUCTION" not in values
    assert not {name for name in values if "PASSWORD" in name or "KEY" in name}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("PORT=81", "81"),
        ("export PORT=81", "81"),
        ('PORT="81"', "81"),
        ("PORT='8#1'", "8#1"),
        ("PORT=8#1", "8#1"),
        ("PORT=", ""),
        ("#PORT=81", ""),
        (" PORT=81", ""),
    ],
)
def test_launcher_reads_dotenv_like_settings(
    tmp_path: Path, line: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".env"
    path.write_text(line + "\n")
    monkeypatch.delenv("PORT", raising=False)
    environ.Env.read_env(path)

    assert read_dotenv(path).get("PORT", "") == value
    assert os.environ.get("PORT", "") == value
    monkeypatch.delenv("PORT", raising=False)
