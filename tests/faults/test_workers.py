"""Dying processes: a film costs at most one chunk more, and nothing is left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.site import Site, kill, parent_of, until
from tests.stack import ROOT

pytestmark = [pytest.mark.ffmpeg, pytest.mark.slow]
PACE = 6  # seconds of film per second: the longest chunk takes two


def begin(site: Site, film: Path) -> tuple[int, int]:
    """Upload a film and wait until it is being encoded: the video, and the ffmpeg's pid."""
    site.slow_down(PACE)
    video = site.upload(film)
    return video, site.encoding()


def assert_recovers(site: Site, video: int, *, repeated: int = 1) -> None:
    site.slow_down(None)
    site.wait_for(video)
    assert site.attempts(video) <= repeated
    site.assert_whole(video)
    site.assert_clean()


def leased_chunks(site: Site) -> list[tuple[int, int]]:
    """Build and index of the chunks that somebody works on, or died over."""
    return site.rows('SELECT build_id, "index" FROM video_app_chunk WHERE lease_token IS NOT NULL')


def assert_gone(site: Site, ffmpeg: int) -> None:
    until(lambda: ffmpeg not in site.encoders(), "ffmpeg is dead", 2, pause=0.02)


def test_nothing_is_done_twice_when_nothing_goes_wrong(site: Site, film: Path) -> None:
    video = site.upload(film)
    assert_recovers(site, video, repeated=0)


def test_a_worker_takes_its_job_along_when_it_is_killed(site: Site, film: Path) -> None:
    video, ffmpeg = begin(site, film)
    horse = parent_of(ffmpeg)
    kill(parent_of(horse))
    assert_gone(site, ffmpeg)
    assert_recovers(site, video)


def test_worker_job_and_ffmpeg_may_die_at_once(site: Site, film: Path) -> None:
    video, ffmpeg = begin(site, film)
    horse = parent_of(ffmpeg)
    kill(parent_of(horse), horse, ffmpeg)
    assert_recovers(site, video)


def test_a_killed_job_takes_ffmpeg_along(site: Site, film: Path) -> None:
    video, ffmpeg = begin(site, film)
    kill(parent_of(ffmpeg))
    assert_gone(site, ffmpeg)
    assert_recovers(site, video)


def test_a_killed_ffmpeg_is_started_again_at_once(site: Site, film: Path) -> None:
    video, ffmpeg = begin(site, film)
    kill(ffmpeg)
    assert_recovers(site, video)


def test_everything_goes_when_the_supervisor_is_killed(site: Site, film: Path) -> None:
    video, ffmpeg = begin(site, film)
    site.stack.stop("worker", kill=True)
    assert_gone(site, ffmpeg)
    in_hand = len(leased_chunks(site))  # one, or one layer of it, of each of its processes
    site.start_worker()
    assert_recovers(site, video, repeated=in_hand)


def test_a_stopped_worker_gives_its_chunk_back(site: Site, film: Path) -> None:
    site.slow_down(0.5)
    video = site.upload(film)
    until(site.encoders, "an encoder")
    site.stop_worker()
    assert not site.encoders()
    assert not list(site.stack.media.glob("hls/*/*/.lease-*"))
    assert not leased_chunks(site)
    site.start_worker()
    assert_recovers(site, video)


def test_of_two_workers_with_the_same_chunk_one_encodes(site: Site, film: Path) -> None:
    video, _ = begin(site, film)
    (build, index), *_ = leased_chunks(site)
    call = f"from video_app.tasks import encode_chunk; encode_chunk({build}, {index})"
    second = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "--verbosity=0", "-c", call],
        env=site.stack.env,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 0, second.stderr
    assert_recovers(site, video, repeated=0)


def test_a_job_that_takes_too_long_is_stopped_and_tried_again(site: Site, film: Path) -> None:
    """RQ's alarm in the job stands for it: nothing may take its exception for its own."""
    video, ffmpeg = begin(site, film)
    os.kill(parent_of(ffmpeg), signal.SIGALRM)
    assert_gone(site, ffmpeg)
    assert_recovers(site, video)
    assert "JobTimeoutException" in site.stack.log("worker")


def test_a_film_that_kills_every_job_is_given_up(site: Site, short_film: Path) -> None:
    site.slow_down(0.5)
    video = site.upload(short_film)
    for _ in range(3):
        ffmpeg = until(site.encoders, "an encoder", 40, pause=0.02)[0]
        kill(parent_of(ffmpeg))
        assert_gone(site, ffmpeg)
    site.wait_for(video, "failed")
    assert "several tries" in site.status(video)["error"]
    site.assert_clean()
