"""Four machines on four networks, whose only common points are PostgreSQL, Redis and a bucket.

Each is killed in turn while a film is uploaded, encoded and watched. Needs Docker with Compose.
"""

import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tusclient.client import TusClient

from tests.faults.site import Site, make_film, until
from tests.slow.machines.lab import WEBS, WORKERS, Lab, running_lab
from tests.stack import Stack
from video_app.pipeline.transport import read_segment
from video_app.pipeline.types import Plan

pytestmark = pytest.mark.timeout(1200)
MEGABYTE = 1024**2
# What a player does before it gives up.
TRIES, PAUSE = 4, 1.0
LEASED = (
    "SELECT c.id FROM video_app_chunk c JOIN video_app_worker w ON w.id = c.lease_worker "
    "WHERE w.host = ?"
)


def has_docker() -> bool:
    if not shutil.which("docker"):
        return False
    return not subprocess.run(["docker", "compose", "ls"], capture_output=True).returncode


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    if not has_docker():
        pytest.skip("needs Docker with Compose")
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def site(lab: Lab) -> Site:
    """The machines as one site, with its administrator signed in."""
    until(lambda: answers(lab, "/health/ready/"), "web", 300, pause=1)
    # By the inner address: the public one is not this container's to reach.
    lab.manage(WEBS[0], "setup_bucket", AWS_S3_PUBLIC_ENDPOINT_URL="")
    until(lambda: answers(lab, "/health/"), "everything", 180, pause=1)
    env = {"FFMPEG_BINARY": "ffmpeg", "DATABASE_URL": lab.database}
    stack = SimpleNamespace(url=lab.url, env=env, redis=None, media=Path("nowhere"))
    site = Site(cast(Stack, stack))
    site.sign_in()
    return site


def answers(lab: Lab, path: str) -> bool:
    """Whether every web says yes."""
    try:
        for port in lab.web_ports:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("films") / "film.mp4", 30, size="1280x720")


class Viewer(threading.Thread):
    """Plays a film from its beginning to its end, and again until told not to.

    What fails is asked for again, as players do; `failures` are what they would have shown.
    """

    def __init__(self, site: Site, video: int) -> None:
        super().__init__(daemon=True)
        self.site, self.path = site, f"/api/video/{video}/360p/index.m3u8"
        self.segments = self.repeats = 0
        self.failures: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            playlist = self._get(self.site.stack.url + self.path).decode()
            for link in re.findall(r"^http\S+$", playlist, re.MULTILINE):
                self.segments += self._get(link)[:1] == b"G"
                if self.ended.wait(0.2):
                    break

    def _get(self, url: str) -> bytes:
        headers = {"Cookie": self.site.cookies()} if url.startswith(self.site.stack.url) else {}
        for _ in range(TRIES):
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(url, headers=headers), timeout=10
                ) as answer:
                    return cast(bytes, answer.read())
            except OSError as error:
                last = str(error)
                self.repeats += 1
                time.sleep(PAUSE)
        self.failures.append(f"{url}: {last}")
        return b""


@contextmanager
def watching(site: Site, video: int) -> Iterator[Viewer]:
    viewer = Viewer(site, video)
    viewer.start()
    yield viewer
    viewer.ended.set()
    viewer.join()


def upload(site: Site, film: Path, title: str, half_way: Callable[[], object] = str) -> int:
    """Part by part; what is broken off goes on where it was."""
    headers = {"Cookie": site.cookies(), "Referer": site.stack.url, "Origin": site.stack.url}
    client = TusClient(f"{site.stack.url}/api/uploads/", headers=headers)
    given: dict[str, Any] = {"chunk_size": 256 * 1024, "retries": 20, "retry_delay": 1}
    about = {"filename": "film.mp4", "title": title, "category": "drama"}
    with film.open("rb") as file:
        uploader = client.uploader(file_stream=file, metadata=about, **given)
        uploader.upload(stop_at=film.stat().st_size // 2)
        half_way()
        uploader.upload()
    found = site.get(uploader.url.removeprefix(site.stack.url))
    return int(re.search(rb'"video":\s*(\d+)', found)[1])  # type: ignore[index]


def assert_whole(site: Site, video: int) -> None:
    """Every picture of every rendition can be fetched by the links that players get."""
    ((values,),) = site.rows(
        "SELECT b.plan_json FROM video_app_build b "
        "JOIN video_app_video v ON v.current_build_id = b.id WHERE v.id = ?",
        video,
    )
    plan = Plan.from_json(values)
    for rung in plan.rungs:
        playlist = site.get(f"/api/video/{video}/{rung.name}/index.m3u8").decode()
        assert "#EXT-X-ENDLIST" in playlist
        links = re.findall(r"^http\S+$", playlist, re.MULTILINE)
        segments = [read_segment(urllib.request.urlopen(link).read()) for link in links]
        pictures = sum(segment.pictures for segment in segments)
        assert pictures == plan.frames // rung.rate_divisor


@pytest.fixture(scope="module")
def watched(site: Site, film: Path) -> int:
    video = upload(site, film, "Watched")
    site.wait_for(video, seconds=300)
    return video


def test_machines_do_not_reach_each_other(lab: Lab, site: Site) -> None:
    address = lab.address(WEBS[0])
    assert lab.can_reach(WEBS[0], address, 8000)
    assert not any(lab.can_reach(name, address, 8000) for name in (WEBS[1], *WORKERS))
    assert all(lab.can_reach(name, "s3", 8333) for name in (*WEBS, *WORKERS))


@pytest.mark.parametrize("victim", WEBS)
def test_nobody_misses_a_web_that_is_killed(
    lab: Lab, site: Site, film: Path, watched: int, victim: str
) -> None:
    with watching(site, watched) as viewer:
        video = upload(site, film, f"Without {victim}", half_way=lambda: lab.kill(victim))
        site.wait_for(video, seconds=300)
        lab.start(victim)
        until(lambda: answers(lab, "/health/"), "the machine is back", 240, pause=1)

    assert not viewer.failures
    assert viewer.segments > 20
    assert site.attempts(video) == 0
    assert_whole(site, video)


@pytest.mark.parametrize("victim", WORKERS)
def test_nobody_misses_a_worker_that_is_killed(
    lab: Lab, site: Site, film: Path, watched: int, victim: str
) -> None:
    host = lab.host(victim)
    with watching(site, watched) as viewer:
        video = upload(site, film, f"Without {victim}")
        in_hand = len(until(lambda: site.rows(LEASED, host), "a chunk of its", 60, pause=0.02))
        lab.kill(victim)
        until(lambda: not site.rows(LEASED, host), "the leases of the dead are free", 15)
        until(lambda: site.status(video)["playable"], "its first picture", 120, pause=0.5)
        with watching(site, video) as other:
            site.wait_for(video, seconds=300)
        lab.start(victim)
        until(lambda: answers(lab, "/health/"), "the machine is back", 240, pause=1)

    assert not viewer.failures + other.failures
    assert viewer.segments > 20
    assert site.attempts(video) <= max(1, in_hand)
    assert_whole(site, video)
