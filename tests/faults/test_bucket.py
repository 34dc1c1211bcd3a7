"""Films in a bucket that hangs, and workers that die beside it."""

import signal
import subprocess
import sys
import time
import urllib.request
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

    def unfinished(self) -> list[str]:
        found = self._client.list_multipart_uploads(Bucket=NAME)
        return [upload["Key"] for upload in found.get("Uploads", ())]

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
        site.stack.manage("setup_bucket")
        yield site


def is_encoding(site: Site) -> bool:
    query = "SELECT id FROM video_app_chunk WHERE lease_token IS NOT NULL"
    return bool(site.rows(query))


def places(site: Site) -> set[str]:
    """The folders of the attempts that count."""
    return site.places() - {""}


def attempts(bucket: Bucket, video: int) -> set[str]:
    """The folders of attempts that have left segments."""
    keys = (key.split("/") for key in bucket.listing() if key.startswith(f"hls/{video}/"))
    return {parts[3] for parts in keys if len(parts[3]) == 32}


def files_on(disk: Path) -> list[Path]:
    """What lies on a machine's disk, but for the blocks of sources that were read."""
    found = [path for path in disk.rglob("*") if path.is_file()]
    return [path for path in found if "blocks" not in path.parts]


def assert_whole(site: Site, bucket: Bucket, video: int) -> None:
    """Every listed segment can be read, and nothing else has stayed, here or there."""
    playlist = site.get(f"/api/video/{video}/720p/index.m3u8").decode()
    links = [line for line in playlist.splitlines() if line.startswith("http")]
    assert len(links) == playlist.count("#EXTINF")
    for link in links:
        with urllib.request.urlopen(link) as answer:
            assert len(answer.read()) > 188
    until(lambda: attempts(bucket, video) == places(site), "the rest of other attempts goes", 30)
    assert bucket.unfinished() == []
    until(lambda: not files_on(site.stack.media), "what is in hand goes", 30)


def test_film_survives_bucket_that_is_away(site: Site, bucket: Bucket, short_film: Path) -> None:
    site.slow_down(1)
    video = site.upload(short_film)
    in_hand = "hls/*/*/.lease-*/*/*.ts"
    until(lambda: list(site.stack.media.glob(in_hand)), "segments that are encoded", pause=0.02)
    bucket.hold()
    time.sleep(12)
    site.slow_down(None)
    bucket.go_on()

    site.wait_for(video)

    assert_whole(site, bucket, video)
    assert site.attempts(video) == 0


def test_film_survives_worker_that_dies(site: Site, bucket: Bucket, short_film: Path) -> None:
    video = site.upload(short_film)
    until(lambda: is_encoding(site), "a chunk that is encoded")
    site.stack.stop("worker", kill=True)  # its children die with it
    site.start_worker()

    site.wait_for(video)

    assert_whole(site, bucket, video)


def test_deleted_film_leaves_the_bucket(site: Site, bucket: Bucket, short_film: Path) -> None:
    video = site.upload(short_film)
    until(lambda: is_encoding(site), "a chunk that is encoded")
    site.delete(video)
    # Whoever encodes notices within a lease; nothing is removed before ten have passed.
    time.sleep(float(ENV["LEASE_SECONDS"]))
    site.stack.manage("shell", "-c", PASS_TIME)

    until(lambda: not site.rows("SELECT id FROM video_app_discarded"), "the sweep", 60)
    assert bucket.listing() == {".videoflix-media"}


def test_machines_share_nothing_but_services(
    bucket: Bucket, short_film: Path, tmp_path: Path
) -> None:
    """Two machines' workers beside a web machine, each with a disk of its own; one of them dies."""
    machines = {name: str(tmp_path / name) for name in ("first", "second")}
    with running_site(tmp_path, worker=False, **bucket_settings(bucket.address)) as site:
        site.stack.manage("setup_bucket")
        for name, folder in machines.items():
            site.stack.start_worker(name, MEDIA_ROOT=folder)
        video = site.upload(short_film)
        until(lambda: is_encoding(site), "a chunk that is encoded")
        site.stack.stop("first", kill=True)

        site.wait_for(video)

        assert_whole(site, bucket, video)
        until(lambda: not files_on(tmp_path / "second"), "what is in hand goes", 30)
