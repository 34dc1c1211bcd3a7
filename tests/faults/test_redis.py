"""Redis is a doorbell: without it nothing is lost, with it back everything goes on."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.site import Site, until

pytestmark = [pytest.mark.ffmpeg, pytest.mark.slow]


@contextmanager
def no_redis(site: Site) -> Iterator[None]:
    site.redis.stop()
    try:
        yield
    finally:
        site.redis.start()


def timed_upload(site: Site, film: Path) -> tuple[int, float]:
    before = time.monotonic()
    return site.upload(film), time.monotonic() - before


def test_an_upload_without_redis_is_kept_and_transcoded_later(site: Site, film: Path) -> None:
    with no_redis(site):
        video, seconds = timed_upload(site, film)
        assert seconds < 3
        assert site.status(video)["state"] == "pending"
    site.wait_for(video)
    assert site.rows("SELECT count(*) FROM video_app_video WHERE id >= ?", video) == [(1,)]
    site.assert_whole(video)
    site.assert_clean()


def test_an_upload_while_redis_hangs_is_answered(site: Site, film: Path) -> None:
    pid = redis_pid(site)
    os.kill(pid, signal.SIGSTOP)
    try:
        video, seconds = timed_upload(site, film)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert seconds < 5
    site.wait_for(video)
    site.assert_whole(video)


def test_films_in_the_queue_survive_an_empty_redis(site: Site, film: Path) -> None:
    site.slow_down(6)
    videos = [site.upload(film, f"Film {number}") for number in range(2)]
    site.encoding()
    with no_redis(site):
        data = site.stack.directory / "valkey"
        shutil.rmtree(data)
        data.mkdir()
    site.slow_down(None)
    for video in videos:
        site.wait_for(video)
        assert site.attempts(video) <= 1
        site.assert_whole(video)
    site.assert_clean()


def test_a_job_outlives_a_redis_that_is_away_for_long(site: Site, short_film: Path) -> None:
    """RQ's own heartbeat comes after 30 s and would take its worker down."""
    site.slow_down(0.04)  # the only chunk, of two seconds, takes longer
    video = site.upload(short_film)
    ffmpeg = until(site.encoders, "an encoder")
    with no_redis(site):
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            assert site.encoders() == ffmpeg  # the same one, and no other
            time.sleep(0.5)
    site.slow_down(None)
    site.wait_for(video)
    assert site.attempts(video) == 0
    site.assert_whole(video)
    site.assert_clean()


def redis_pid(site: Site) -> int:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "server" in words.split("\0")[0] and str(site.redis.port) in words:
            return int(folder.name)
    raise AssertionError("there is no Redis process")
