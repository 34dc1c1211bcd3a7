"""A disk that is full: films wait and say why, and go on when there is room."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site, running_site, until

pytestmark = [pytest.mark.ffmpeg, pytest.mark.slow]


@pytest.fixture
def small_site(tmp_path: Path) -> Iterator[Site]:
    """A site whose media lie on a volume of 8 MB."""
    media = tmp_path / "media"
    media.mkdir()
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(media)], capture_output=True
        ).returncode
    ):
        pytest.skip("needs the right to mount a small volume (root)")
    try:
        with running_site(tmp_path, worker=False) as site:
            yield site
    finally:
        subprocess.run(["umount", str(media)], check=True)


def fill(site: Site) -> Path:
    """Take all the room that there is."""
    filler = site.stack.media / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:
            return filler


def wait_for_words(site: Site, video: int) -> None:
    """Until the film says that it waits for room; it does not fail."""

    def says_so() -> bool:
        status = site.status(video)
        assert status["state"] in ("pending", "processing")
        return any("no room left" in note["text"] for note in status["notes"])

    until(says_so, "words about the room", 40)


def test_film_waits_on_a_full_disk_and_room_brings_it_back(
    small_site: Site, short_film: Path
) -> None:
    site = small_site
    video = site.upload(short_film)
    filler = fill(site)
    site.start_worker()
    wait_for_words(site, video)
    assert not [path for path in site.leftovers() if "filler" not in path]

    filler.unlink()
    site.wait_for(video)
    site.assert_whole(video)
    site.assert_clean()


def test_film_waits_when_the_disk_fills_up_meanwhile(small_site: Site, film: Path) -> None:
    site = small_site
    site.slow_down(6)
    video = site.upload(film)
    site.start_worker()
    site.encoding()
    filler = fill(site)
    site.slow_down(None)
    wait_for_words(site, video)

    filler.unlink()
    site.wait_for(video)
    site.assert_whole(video)


@pytest.mark.folder
def test_a_film_that_leaves_no_room_for_its_mp4s_is_watchable(small_site: Site, film: Path) -> None:
    site = small_site
    site.slow_down(6)
    video = site.upload(film)
    site.start_worker()
    until(lambda: [state for state, _ in site.chunks(video)].count("due") == 1, "the last chunk")
    rungs = site.stack.media.glob("hls/*/*/*p")
    largest = max(sum(file.stat().st_size for file in rung.glob("*.ts")) for rung in rungs)
    room = shutil.disk_usage(site.stack.media).free
    (site.stack.media / "filler").write_bytes(bytes(room - int(1.4 * largest)))
    site.slow_down(None)
    site.wait_for(video)
    ((progressive,),) = site.rows("SELECT progressive FROM video_app_build")
    assert progressive in ({}, "{}")  # PostgreSQL, SQLite
    site.assert_whole(video)


def test_room_that_comes_back_in_time_saves_the_film(small_site: Site, short_film: Path) -> None:
    site = small_site
    video = site.upload(short_film)
    filler = fill(site)
    site.start_worker()
    wait_for_words(site, video)
    filler.unlink()
    site.wait_for(video)
    site.assert_whole(video)
    site.assert_clean()
