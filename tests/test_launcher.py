"""What `./videoflix` says about a machine, and how it prepares one."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from launcher import checks, tools, venv
from launcher.installation import Installation
from launcher.postgres import throwaway_postgres
from launcher.problems import Problem
from launcher.services import Product
from tests.stack import ROOT, free_port

LAUNCHER = ROOT / "videoflix"
ENSURE = """
import sys
from pathlib import Path
from launcher.problems import Problem
from launcher.venv import ensure_venv

try:
    ensure_venv(Path("var"))
except Problem as problem:
    sys.exit(str(problem))
"""


def installation(tmp_path: Path, **environ: str) -> Installation:
    folders = {"VAR_DIR": str(tmp_path / "var"), "MEDIA_ROOT": str(tmp_path / "media")}
    return Installation({"IGNORE_DOTENV": "1", **folders, **environ})


@pytest.fixture
def taken_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


# --- what it reads ------------------------------------------------------------------


def test_the_environment_wins_over_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=1111\nHOST=0.0.0.0\n")
    monkeypatch.setattr("launcher.installation.ROOT", tmp_path)

    found = Installation({"PORT": "2222", "HOST": ""})

    assert (found.port, found.host) == ("2222", "0.0.0.0")


@pytest.mark.parametrize(("word", "port"), [("0", "1111"), ("no", "1111"), ("1", "8000")])
def test_reads_dotenv_unless_told_not_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, port: str
) -> None:
    (tmp_path / ".env").write_text("PORT=1111\n")
    monkeypatch.setattr("launcher.installation.ROOT", tmp_path)

    assert Installation({"IGNORE_DOTENV": word}).port == port


def test_makes_password_when_its_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "admin_password").write_text("\n")

    product = Product(installation(tmp_path))

    assert len(product.env["DJANGO_SUPERUSER_PASSWORD"]) >= 16
    assert not product.has_new_password


def test_an_address_for_the_whole_network_is_shown_as_one_to_click(tmp_path: Path) -> None:
    assert installation(tmp_path, HOST="0.0.0.0").url == "http://127.0.0.1:8000"


def test_a_host_name_that_was_asked_for_is_allowed(tmp_path: Path) -> None:
    env = installation(tmp_path, HOST="192.0.2.7").child_environ()

    assert "192.0.2.7" in env["ALLOWED_HOSTS"].split(",")


def test_links_in_mails_follow_the_port(tmp_path: Path) -> None:
    env = installation(tmp_path, PORT="8123").child_environ()

    assert env["BACKEND_URL"] == "http://127.0.0.1:8123"


def test_redis_is_ours_unless_there_is_a_url(tmp_path: Path) -> None:
    assert installation(tmp_path).own_redis
    assert not installation(tmp_path, REDIS_LOCATION="redis://r:1/0").own_redis


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, None),
        ({"DATABASE_URL": "sqlite:////tmp/x"}, None),
        ({"DATABASE_URL": "postgres://u:p@h:99/n"}, ("h", 99)),
        ({"DB_HOST": "h"}, ("h", 5432)),
    ],
)
def test_it_knows_which_database_server_to_reach(
    tmp_path: Path, environ: dict[str, str], address: object
) -> None:
    assert installation(tmp_path, **environ).database_address == address


# --- what it says is wrong ----------------------------------------------------------


def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path, taken_port: str) -> None:
    with pytest.raises(Problem, match=f"{taken_port}.*PORT={int(taken_port) + 1}"):
        checks.port(installation(tmp_path, PORT=taken_port))


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_a_senseless_port_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(Problem, match="number from 1 to 65535"):
        checks.port(installation(tmp_path, PORT=port))


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"192\.0\.2\.7"):
        checks.port(installation(tmp_path, HOST="192.0.2.7", PORT=str(free_port())))


def test_a_redis_that_does_not_answer_is_named(tmp_path: Path) -> None:
    port = free_port()

    with pytest.raises(Problem, match=f"Redis does not answer at 127.0.0.1:{port}"):
        checks.redis(installation(tmp_path, REDIS_URL=f"redis://127.0.0.1:{port}/0"))


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    port = str(free_port())

    with pytest.raises(Problem, match=f"database does not answer at 127.0.0.1:{port}"):
        checks.database(installation(tmp_path, DB_HOST="127.0.0.1", DB_PORT=port))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where a folder should be")

    with pytest.raises(Problem, match="media cannot be written"):
        checks.folders(installation(tmp_path))


def test_a_nearly_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10**8))

    with pytest.raises(Problem, match="nearly full"):
        checks.disk(installation(tmp_path))


def test_an_ffmpeg_without_x264_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="lacks libx264"):
        tools.usable_ffmpeg(str(ffmpeg_without_x264(tmp_path)))


def test_an_ffmpeg_that_does_not_exist_is_named() -> None:
    with pytest.raises(Problem, match="/nowhere/ffmpeg"):
        tools.usable_ffmpeg("/nowhere/ffmpeg")


def test_a_poor_ffmpeg_on_the_path_is_passed_over_for_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(ffmpeg_without_x264(tmp_path).parent))

    assert "imageio_ffmpeg" in tools.usable_ffmpeg()


def test_a_python_without_venv_gets_the_command_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv, "find_spec", lambda name: None)

    with pytest.raises(Problem, match=r"sudo apt install python3\.\d+-venv"):
        venv.need_venv_module()


def test_a_machine_without_postgresql_gets_the_command_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("launcher.postgres.DEBIAN_FOLDER", tmp_path)

    with pytest.raises(Problem, match="sudo apt install postgresql"), throwaway_postgres():
        pass


def test_doctor_reports_everything_and_fails_when_something_is_wrong(
    tmp_path: Path, taken_port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = checks.doctor(installation(tmp_path, PORT=taken_port))

    said = capsys.readouterr().out
    assert code == 1
    assert "WRONG Port" in said
    assert "ok    Redis" in said


def test_doctor_is_content_with_this_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checks.doctor(installation(tmp_path, PORT=str(free_port()))) == 0
    assert "All checks passed" in capsys.readouterr().out


def test_a_problem_is_one_sentence_and_no_traceback(taken_port: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(LAUNCHER), "up"],
        cwd="/",
        env=installation(tmp_path, PORT=taken_port).environ,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stdout.startswith(f"videoflix: Port {taken_port}")
    assert done.stderr == ""


def ffmpeg_without_x264(folder: Path) -> Path:
    script = folder / "ffmpeg"
    script.write_text("#!/bin/sh\necho ' A....D aac  AAC'\n")
    script.chmod(0o755)
    return script
