"""A bucket that hangs, and workers that die while they copy there."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.buckets import NAME, bucket_settings, client
from tests.faults.site import ENV, Site, running_site, steady_port, until
from tests.stack import is_free

pytestmark = [pytest.mark.ffmpeg, pytest.mark.slow]


PASS_TIME = """
from django.db.models import F
from datetime import timedelta
from video_app.models import Tombstone
Tombstone.objects.update(created_at=F("created_at") - timedelta(hours=1))
"""


class Bucket:
    """An S3 server in a process of its own, which can be held."""

    def __init__(self) -> None:
        port = steady_port()
        self.address = f"http://127.0.0.1:{port}"
        self._server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-p", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._client = client(self.address)
        until(lambda: not is_free(port), "the S3 server", 30)
        self._client.create_bucket(Bucket=NAME)

    def hold(self) -> None:
        self._server.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._server.send_signal(signal.SIGCONT)

    def listing(self) -> set[str]:
        found = self._client.list_objects_v2(Bucket=NAME)
        return {file["Key"] for file in found.get("Contents", ())}

    def stop(self) -> None:
        self._server.kill()
        self._server.wait()
        self._client.close()


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    bucket = Bucket()
    yield bucket
    bucket.stop()


@pytest.fixture
def site(bucket: Bucket, tmp_path: Path) -> Iterator[Site]:
    with running_site(tmp_path, **bucket_settings(bucket.address)) as site:
        yield site


def being_stored(site: Site) -> bool:
    query = "SELECT id FROM video_app_build WHERE state = 'complete' AND lease_token IS NOT NULL"
    return bool(site.rows(query))


def is_stored(site: Site) -> bool:
    return bool(site.rows("SELECT id FROM video_app_build WHERE stored_at IS NOT NULL"))


def test_a_worker_that_dies_while_it_copies(site: Site, bucket: Bucket, short_film: Path) -> None:
    bucket.hold()
    video = site.upload(short_film)
    site.wait_for(video)
    until(lambda: being_stored(site), "a copy that has begun")
    site.stack.stop("worker", kill=True)  # its children die with it

    build = site.plan(video)[1].name
    playlist = site.get(f"/api/video/{video}/720p/index.m3u8").decode()
    assert f"000.ts?b={build}" in playlist
    assert site.get(f"/api/video/{video}/720p/000.ts?b={build}")
    bucket.go_on()
    site.start_worker()
    until(lambda: is_stored(site), "the copy", 60)

    folder = site.plan(video)[1]
    local = {path.relative_to(site.stack.media).as_posix() for path in folder.rglob("*.*")}
    prefix = folder.relative_to(site.stack.media).as_posix()
    sources = {key for key in bucket.listing() if key.startswith(f"{prefix}/source/")}
    assert len(sources) == 1
    assert bucket.listing() - sources == local
    until(lambda: not list(site.stack.media.glob("sources/*")), "the local source goes")
    until(lambda: not folder.exists(), "the local segments go")
    assert "X-Amz-Signature" in site.get(f"/api/video/{video}/720p/index.m3u8").decode()


def test_a_film_that_is_deleted_while_it_is_copied(
    site: Site, bucket: Bucket, short_film: Path
) -> None:
    bucket.hold()
    video = site.upload(short_film)
    site.wait_for(video)
    until(lambda: being_stored(site), "a copy that has begun")
    site.delete(video)
    bucket.go_on()
    # Whoever copies notices within a lease; nothing is removed before ten have passed.
    time.sleep(float(ENV["LEASE_SECONDS"]))
    site.stack.manage("shell", "-c", PASS_TIME)

    until(lambda: not site.rows("SELECT id FROM video_app_discarded"), "the sweep", 60)
    assert bucket.listing() == set()
    site.assert_clean()
