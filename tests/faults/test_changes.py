"""Deleting and replacing a film while it is encoded or watched."""

import re
import time
from pathlib import Path

import pytest

from tests.faults.site import Site, make_film, until

pytestmark = [pytest.mark.ffmpeg, pytest.mark.slow]
PACE = 6


@pytest.fixture(scope="session")
def other_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("films") / "other.mp4", 8)


def test_five_saves_in_a_row_transcode_once(site: Site, film: Path) -> None:
    site.slow_down(PACE)
    video = site.upload(film)
    for number in range(5):
        site.change(video, title=f"Title {number}")
    site.slow_down(None)
    site.wait_for(video)
    assert site.attempts(video) == 0
    assert site.rows("SELECT count(*) FROM video_app_build WHERE video_id = ?", video) == [(1,)]
    assert site.rows("SELECT title FROM video_app_video WHERE id = ?", video) == [("Title 4",)]


def test_a_film_deleted_while_it_is_encoded_stops_and_is_gone(site: Site, film: Path) -> None:
    site.slow_down(0.5)
    video = site.upload(film)
    until(site.encoders, "an encoder")
    site.delete(video)
    until(lambda: not site.encoders(), "ffmpeg has stopped", 10)
    site.assert_clean()
    assert not site.files.listing(f"hls/{video}/")
    assert "Traceback" not in site.stack.log("worker").rpartition("encode_chunk")[2]


def test_a_film_replaced_while_it_is_encoded_becomes_the_new_one(
    site: Site, film: Path, other_film: Path
) -> None:
    site.slow_down(0.5)
    video = site.upload(film)
    until(site.encoders, "an encoder")
    site.change(video, other_film)
    site.slow_down(None)
    site.wait_for(video)
    plan, _ = site.plan(video)
    assert 7 < plan.duration < 9
    assert site.attempts(video) == 0
    site.assert_whole(video)
    site.assert_clean()


def test_a_player_stays_on_the_old_film_while_it_is_replaced(
    site: Site, film: Path, other_film: Path
) -> None:
    video = site.upload(film)
    site.wait_for(video)
    segments = segment_urls(site, video)
    _, old = site.plan(video)
    site.change(video, other_film)
    replaced = until(lambda: is_replaced(site, video, segments), "a new build", 60)
    retired_at = time.monotonic()
    while time.monotonic() - retired_at < 3:
        assert all(site.get(url)[:1] == b"G" for url in segments)
    assert replaced
    assert segment_urls(site, video) != segments
    until(lambda: is_removed(site, old), "the old build is removed", 30)
    site.assert_clean()


def is_removed(site: Site, prefix: str) -> bool:
    site.pass_time()
    return not site.files.listing(f"{prefix}/")


def segment_urls(site: Site, video: int) -> list[str]:
    """What a player that begins now will ask for."""
    base = f"/api/video/{video}/360p/"
    playlist = site.get(f"{base}index.m3u8").decode()
    return [base + line for line in re.findall(r"^[^#\s]+$", playlist, re.MULTILINE)]


def is_replaced(site: Site, video: int, segments: list[str]) -> bool:
    """Whether the new film is there; meanwhile the old one plays without a hole."""
    assert all(site.get(url)[:1] == b"G" for url in segments)
    return bool(site.status(video)["state"] == "completed")
