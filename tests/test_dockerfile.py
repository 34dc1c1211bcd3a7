"""The image gets what it copies: `.dockerignore` leaves out everything else."""

import re

from tests.stack import ROOT


def test_gives_films_to_group_of_nginx() -> None:
    """`nginx` is 101:101 in its image; a umask (core/apps.py) shuts everybody else out."""
    dockerfile = (ROOT / "backend.Dockerfile").read_text()

    assert "--uid 10001 --gid 101 " in dockerfile
    assert "install -d -o 10001 -g 101 -m 0750 /data /data/media" in dockerfile


def test_ignores_no_copied_file() -> None:
    dockerfile = (ROOT / "backend.Dockerfile").read_text()
    copied = " ".join(re.findall(r"^COPY (.+) \./$", dockerfile, re.MULTILINE)).split()
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)

    assert "requirements.txt" in copied
    assert set(copied) <= set(let_in)
    assert all((ROOT / name).exists() for name in let_in)
