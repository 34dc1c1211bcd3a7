"""A machine's fault is not a film's: what is ill waits or steps aside, and no film fails."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.postgres import throwaway_postgres
from launcher.problems import Problem
from tests.faults.site import Site, running_site, until

pytestmark = [pytest.mark.ffmpeg, pytest.mark.slow]

LEASED = "SELECT lease_worker FROM video_app_chunk WHERE lease_token IS NOT NULL"


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A site of this test alone, with leases that outlast the test."""
    with running_site(tmp_path, worker=False, LEASE_SECONDS="300") as site:
        yield site


def upload_many(site: Site, film: Path, count: int) -> list[int]:
    return [site.upload(film, f"Film {number}") for number in range(count)]


def assert_all_whole(site: Site, videos: list[int], seconds: float = 150) -> None:
    for video in videos:
        site.wait_for(video, seconds=seconds)
        site.assert_whole(video)


def states(site: Site) -> set[str]:
    return {state for (state,) in site.rows("SELECT state FROM video_app_video")}


# --- storage ------------------------------------------------------------------------


@pytest.mark.folder
def test_films_wait_while_media_are_away(own_site: Site, short_film: Path) -> None:
    site = own_site
    site.start_worker()
    videos = upload_many(site, short_film, 6)
    until(lambda: site.rows("SELECT id FROM video_app_build"), "a plan")
    away = site.stack.media.with_name("media.away")
    site.stack.media.rename(away)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert not site.stack.media.exists(), "a media root that is away is never made anew"
        assert "failed" not in states(site)
        time.sleep(0.5)
    away.rename(site.stack.media)
    assert_all_whole(site, videos)


@pytest.fixture
def mounted_site(tmp_path: Path) -> Iterator[Site]:
    """A site whose media lie on a mount of their own."""
    media = tmp_path / "media"
    media.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(media)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount (root)")
    try:
        with running_site(tmp_path, worker=False) as site:
            yield site
    finally:
        subprocess.run(["umount", "--lazy", str(media)], check=True)


def remount(site: Site, mode: str) -> bool:
    command = ["mount", "-o", f"remount,{mode}", str(site.stack.media)]
    return subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.folder
def test_films_wait_while_media_are_read_only(mounted_site: Site, short_film: Path) -> None:
    site = mounted_site
    videos = upload_many(site, short_film, 4)
    until(lambda: remount(site, "ro"), "a moment in which nobody writes", pause=0.01)
    site.start_worker()
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        assert "failed" not in states(site)
        time.sleep(0.5)
    assert remount(site, "rw")
    assert_all_whole(site, videos)


# --- ffmpeg -------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["exit 1", "kill -SEGV $$", "sleep 0.2; exit 255"])
def test_worker_with_broken_ffmpeg_steps_aside(
    own_site: Site, short_film: Path, tmp_path: Path, fault: str
) -> None:
    site = own_site
    broken = tmp_path / "broken-ffmpeg"
    broken.write_text(f"#!/bin/sh\n{fault}\n")
    broken.chmod(0o755)
    site.stack.start_worker("ill", FFMPEG_BINARY=str(broken))
    videos = upload_many(site, short_film, 4)
    until(lambda: problems(site), "a worker that steps aside", 40)
    assert "failed" not in states(site)
    site.start_worker()
    assert_all_whole(site, videos)
    assert "worker_stepped_aside" in site.stack.log("ill")


def test_worker_comes_back_when_ffmpeg_is_mended(
    own_site: Site, short_film: Path, tmp_path: Path
) -> None:
    site = own_site
    binary = tmp_path / "ffmpeg-that-is-mended"
    binary.write_text("#!/bin/sh\nexit 1\n")
    binary.chmod(0o755)
    site.stack.start_worker("worker", FFMPEG_BINARY=str(binary))
    video = site.upload(short_film)
    until(lambda: problems(site), "a worker that steps aside", 40)
    binary.write_text('#!/bin/sh\nexec ffmpeg "$@"\n')
    site.wait_for(video)
    assert not problems(site)


def problems(site: Site) -> list[str]:
    return [text for (text,) in site.rows("SELECT problem FROM video_app_worker") if text]


# --- dead workers -------------------------------------------------------------------


def test_chunk_of_dead_machine_runs_again_within_15_s(own_site: Site, film: Path) -> None:
    """All processes of one machine die at once; only the heartbeats tell the other."""
    site = own_site
    site.slow_down(0.1)
    site.stack.start_worker("doomed")
    video = site.upload(film)
    until(site.encoders, "an encoder")
    doomed = set(site.rows("SELECT id FROM video_app_worker"))
    site.start_worker()
    until(lambda: set(site.rows("SELECT id FROM video_app_worker")) - doomed, "the other machine")
    time.sleep(11)  # the other one has listened for long enough
    assert set(site.rows(LEASED)) & doomed
    site.stack.stop("doomed", kill=True)
    until(lambda: not set(site.rows(LEASED)) & doomed, "the leases of the dead are free", 15)
    until(lambda: site.rows(LEASED), "the other machine goes on", 5)
    site.slow_down(None)
    site.wait_for(video, seconds=120)
    site.assert_whole(video)


# --- clocks -------------------------------------------------------------------------


@pytest.mark.parametrize("offset", ["+90s", "-90s"])
def test_worker_with_wrong_clock_steals_and_delays_nothing(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch, offset: str
) -> None:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        pytest.skip("needs faketime (Debian: sudo apt install faketime)")
    try:
        with throwaway_postgres() as url:
            monkeypatch.setenv("TEST_DATABASE_URL", url)
            with running_site(tmp_path, worker=False, LEASE_SECONDS="30") as site:
                wrong = {"LD_PRELOAD": str(library), "FAKETIME": offset}
                # A wall clock that is wrong; no machine's monotonic clock jumps.
                assert_wrong_clock_harms_nobody(
                    site, film, wrong | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
                )
    except Problem as problem:
        pytest.skip(str(problem))


def assert_wrong_clock_harms_nobody(site: Site, film: Path, wrong: dict[str, str]) -> None:
    site.slow_down(2)
    site.start_worker()
    videos = upload_many(site, film, 2)
    until(site.encoders, "an encoder")
    site.stack.start_worker("wrong", **wrong)
    time.sleep(12)
    site.slow_down(None)
    for video in videos:
        site.wait_for(video, seconds=120)
        assert site.attempts(video) == 0
        site.assert_whole(video)


# --- databases ----------------------------------------------------------------------


def test_empty_database_deletes_nothing(own_site: Site, short_film: Path, tmp_path: Path) -> None:
    """The product starts beside media that its new, empty database does not know."""
    site = own_site
    site.start_worker()
    video = site.upload(short_film)
    site.wait_for(video)
    until(lambda: site.rows("SELECT id FROM video_app_video WHERE poster != ''"), "a poster")
    before = site.files.listing()
    stop(site)
    kept = put_database_away(site, tmp_path / "kept")
    site.stack.manage("migrate", "--verbosity=0")
    site.stack.manage("createsuperuser", "--noinput")
    start(site)
    time.sleep(8)  # four sweeps
    assert site.files.listing() == before
    assert "cleanup_withheld" in site.stack.log("worker")
    stop(site)
    if kept:  # no server's: that one is only emptied
        bring_database_back(site, kept)
        start(site)
        site.sign_in()
        site.assert_whole(video)
        assert site.get(f"/api/video/{video}/360p/000.ts")[:1] == b"G"
        assert site.files.listing() == before


def stop(site: Site) -> None:
    site.stop_worker()
    site.stack.stop("web")


def start(site: Site) -> None:
    site.stack.start_web()
    site.start_worker()


def put_database_away(site: Site, target: Path) -> Path | None:
    """Move the files of SQLite to `target`; empty the tables of PostgreSQL."""
    if not site.stack.env["DATABASE_URL"].startswith("sqlite"):
        site.stack.manage("flush", "--no-input", "--verbosity=0")
        return None
    target.mkdir()
    for file in sqlite_files(site):
        file.rename(target / file.name)
    return target


def bring_database_back(site: Site, kept: Path) -> None:
    (folder,) = {file.parent for file in sqlite_files(site)}
    for file in sqlite_files(site):
        file.unlink()
    for file in kept.iterdir():
        file.rename(folder / file.name)


def sqlite_files(site: Site) -> list[Path]:
    """The database, and what of it is still in its log."""
    database = Path(site.stack.env["DATABASE_URL"].removeprefix("sqlite:///"))
    return list(database.parent.glob(f"{database.name}*"))


# --- the order of work --------------------------------------------------------------


def test_every_film_begins_before_any_goes_on(own_site: Site, film: Path) -> None:
    site = own_site
    videos = upload_many(site, film, 9)
    site.start_worker()
    for video in videos:
        site.wait_for(video, seconds=240)
    first_ones = site.rows('SELECT max(done_at) FROM video_app_chunk WHERE "index" = 0')
    ((begun,),) = first_ones
    early = site.rows('SELECT id FROM video_app_chunk WHERE "index" > 0 AND done_at < ?', begun)
    # What another process had begun when the last of the first ones was taken.
    assert len(early) <= 3
