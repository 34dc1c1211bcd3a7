"""Signed links at a server that verifies them: private stays private."""

import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from video_app.store import the_store

pytestmark = pytest.mark.faults
KEY, OTHER = "hls/1/1/720p/000.ts", "hls/2/2/720p/000.ts"


@pytest.fixture(autouse=True)
def _files(verified: None, tmp_path: Path) -> None:
    for key in (KEY, OTHER):
        path = tmp_path / "draft"
        path.write_bytes(key.encode())
        the_store().put([(path, key)])


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_opens_its_file(tmp_path: Path) -> None:
    with urllib.request.urlopen(the_store().url(KEY, 60)) as answer:
        assert answer.read() == KEY.encode()


def test_opens_no_other_file() -> None:
    link = the_store().url(KEY, 60)
    assert status(link.replace(KEY, OTHER)) == 403


@pytest.mark.parametrize("name", ["X-Amz-Signature", "X-Amz-Expires", "X-Amz-Date"])
def test_refuses_tampered_link(name: str) -> None:
    link = the_store().url(KEY, 60)
    before, value = link.split(f"{name}=")
    other = "1" if value[0] != "1" else "2"
    assert status(f"{before}{name}={other}{value[1:]}") in (400, 403)


def test_refuses_expired_link() -> None:
    link = the_store().url(KEY, 1)
    assert status(link) == 200
    time.sleep(2.5)
    assert status(link) == 403


def test_refuses_listing_and_unsigned_reading(settings: Any) -> None:
    bucket = f"{settings.AWS_S3_ENDPOINT_URL}/{settings.AWS_STORAGE_BUCKET_NAME}"
    assert status(f"{bucket}?list-type=2") == 403
    assert status(f"{bucket}/{django_settings.AWS_LOCATION}{KEY}") == 403
