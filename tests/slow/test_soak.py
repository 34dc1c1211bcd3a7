"""Uploads, viewers, deletions and deaths for as long as SOAK_MINUTES says (default: 10)."""

import os
import random
import time
import urllib.error
from pathlib import Path

import pytest

from tests.faults.site import Site, kill, make_film, running_site

MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
pytestmark = pytest.mark.timeout(MINUTES * 60 + 900)
WARM_UP = 0.3  # of the time: caches fill
GROWTH = 1.3
DEATHS = 0.3  # of encoders, each time that one is seen


def resources(site: Site) -> dict[str, tuple[int, int]]:
    """Kilobytes in memory and open files of web and worker with their children."""
    found = {}
    for name, process in site.stack.processes.items():
        pids = [process.pid, *_descendants(process.pid)]
        found[name] = (sum(map(_memory, pids)), sum(map(_open_files, pids)))
    return found


def _descendants(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    children = [int(word) for word in text.split()]
    return [*children, *(each for child in children for each in _descendants(child))]


def _memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def _open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def live(site: Site, film: Path, seconds: float) -> tuple[list[int], list[str]]:
    """Films that are left, and what failed on the way."""
    videos: list[int] = []
    failures: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        videos.append(site.upload(film, f"Film {len(videos)}"))
        for video in random.sample(videos, min(3, len(videos))):
            try:
                site.get("/api/video/")
                site.status(video)
                site.get(f"/api/video/{video}/master.m3u8")
            except urllib.error.HTTPError as error:
                if error.code != 404:  # it is not playable yet
                    failures.append(f"{error.code} for {error.url}")
        if (encoders := site.encoders()) and random.random() < DEATHS:
            kill(random.choice(encoders))
        if len(videos) > 8:
            site.delete(videos.pop(random.randrange(len(videos))))
        time.sleep(2)
    return videos, failures


def test_lives_long_without_growing(tmp_path: Path) -> None:
    random.seed(1)
    film = make_film(tmp_path / "film.mp4", 8)
    with running_site(tmp_path / "site") as site:
        _, early = live(site, film, MINUTES * 60 * WARM_UP)
        before = resources(site)
        videos, late = live(site, film, MINUTES * 60 * (1 - WARM_UP))
        for video in videos:
            site.wait_for(video, seconds=300)
            site.assert_whole(video)
        after = resources(site)
        assert not early + late
        for name, (memory, files) in after.items():
            assert memory < GROWTH * before[name][0], (name, before, after)
            assert files < GROWTH * before[name][1] + 10, (name, before, after)
