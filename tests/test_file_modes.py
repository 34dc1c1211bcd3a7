"""Films are readable for their own user and one group, whoever made the file."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.browser.product import Admin
from tests.faults.site import make_film
from tests.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.ffmpeg]


def open_to_others(folder: Path) -> list[str]:
    return [
        f"{path.relative_to(folder)} {stat.filemode(path.lstat().st_mode)}"
        for path in [folder, *folder.rglob("*")]
        if path.lstat().st_mode & stat.S_IRWXO or path.lstat().st_mode & stat.S_IWGRP
    ]


@pytest.fixture
def film(stack: Stack, tmp_path: Path) -> int:
    admin = Admin(stack)
    number = admin.upload(make_film(tmp_path / "film.mp4", 3), title="Modes", category="drama")
    admin.wait_until_complete(number)
    return number


def test_closes_a_film_to_others(stack: Stack, film: int) -> None:
    stack.manage("bootstrap")

    assert open_to_others(stack.media / "hls" / str(film)) == []
    assert open_to_others(stack.media / "sources") == []
    assert not stack.media.stat().st_mode & stat.S_IRWXO
    segments = list((stack.media / "hls" / str(film)).rglob("*.ts"))
    assert segments
    assert all(path.stat().st_mode & stat.S_IRGRP for path in segments)


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes other users")
def test_the_group_reads_a_film_and_a_stranger_does_not(stack: Stack, film: int) -> None:
    stack.manage("bootstrap")
    segment = next((stack.media / "hls" / str(film)).rglob("*.ts"))
    for folder in (stack.media, *stack.media.rglob("*")):
        os.chown(folder, -1, 101)

    def read(group: int) -> int:
        words = ["setpriv", "--reuid=101", f"--regid={group}", "--clear-groups", "cat"]
        relative = segment.relative_to(stack.media)
        return subprocess.run([*words, relative], cwd=stack.media, capture_output=True).returncode

    assert read(101) == 0
    assert read(65534) != 0
