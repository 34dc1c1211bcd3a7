"""From older releases to this code: on one database, side by side, while somebody watches."""

import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.buckets import running_seaweed
from tests.faults.files import settings_of
from tests.faults.site import ENV, Site, make_film, steady_port
from tests.stack import ROOT, Stack, running_stack

pytestmark = pytest.mark.timeout(900)
FIRST_RELEASE = "46be8cd"
FIRST_WITH_BUCKET = "2d59ccd"  # as its one store


def code_of(release: str, folder: Path) -> Path:
    """The code of a release."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", release], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


class Viewer(threading.Thread):
    """Asks for a film's first segment again and again; `failures` are answers other than 200."""

    def __init__(self, site: Site, path: str) -> None:
        super().__init__(daemon=True)
        self.request = urllib.request.Request(
            site.stack.url + path, headers={"Cookie": site.cookies()}
        )
        self.answers = 0
        self.failures: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.1):
            try:
                urllib.request.urlopen(self.request, timeout=20).read()
                self.answers += 1
            except (urllib.error.URLError, OSError) as error:
                self.failures.append(str(error))


@contextmanager
def watching(site: Site, video: int) -> Iterator[Viewer]:
    viewer = Viewer(site, f"/api/video/{video}/360p/000.ts")
    viewer.start()
    yield viewer
    viewer.ended.set()
    viewer.join()


def test_upgrades_from_the_first_release(tmp_path: Path) -> None:
    upgrade(tmp_path, FIRST_RELEASE)


def test_upgrades_with_films_in_a_bucket(tmp_path: Path) -> None:
    with running_seaweed(tmp_path) as address:
        upgrade(tmp_path, FIRST_WITH_BUCKET, **settings_of(address, "films"))


def upgrade(tmp_path: Path, release: str, **store: str) -> None:
    """Old and new machines side by side, films that are uploaded to either, and two viewers."""
    code, film = code_of(release, tmp_path / "code"), make_film(tmp_path / "film.mp4", 20)
    settings = {**ENV, "FFMPEG_BINARY": "ffmpeg", **store}
    with running_stack(
        tmp_path / "site", code=code, redis_port=steady_port(), **settings
    ) as old_stack:
        old = Site(old_stack)
        old.sign_in()
        before = old.upload(film, "Before")
        old.wait_for(before)
        kept = builds(old)

        new_stack = Stack(old_stack.directory, old_stack.env)
        new_stack.env |= {"BACKEND_URL": new_stack.url, "FRONTEND_URL": new_stack.url}
        new_stack.redis = old_stack.redis
        with watching(old, before) as viewer:
            new_stack.manage("migrate", "--verbosity=0")
            between = old.upload(film, "Between")
            old.wait_for(between)

            new_stack.start_web()
            new_stack.start_worker("new-worker")
            new = Site(new_stack)
            new.sign_in()
            with watching(new, before) as second:
                beside = [old.upload(film, "By the old one"), new.upload(film, "By the new one")]
                for video in beside:
                    new.wait_for(video)
                old_stack.stop("worker")
                viewer.ended.set()
                viewer.join()
                old_stack.stop("web")
                after = new.upload(film, "After")
                new.wait_for(after)
        try:
            assert viewer.answers > 20
            assert second.answers > 20
            assert not viewer.failures + second.failures
            for video in (before, between, *beside, after):
                new.assert_whole(video)
            # Nothing was encoded again.
            assert kept <= builds(new)
        finally:
            for name in list(new_stack.processes):
                new_stack.stop(name)


def builds(site: Site) -> set[tuple[int, int]]:
    return set(site.rows("SELECT video_id, id FROM video_app_build WHERE state = 'complete'"))
