"""Pages may load from where links into the bucket lead."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.settings.bucket import origins
from video_app.store import bucket


@pytest.fixture(autouse=True)
def _own_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # What stands in the environment for other programs must not lead links elsewhere.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere.example")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    bucket._make_client.cache_clear()
    yield
    bucket._make_client.cache_clear()


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("eu-central-1", ""),
        ("us-east-1", ""),
        ("cn-north-1", ""),
        ("us-gov-west-1", ""),
        ("garage", "https://s3.example:3900"),
        ("", "http://127.0.0.1:9000/below/a/path"),
    ],
)
def test_allows_origins_of_bucket_links(settings: Any, region: str, endpoint: str) -> None:
    settings.AWS_STORAGE_BUCKET_NAME = "films"
    settings.AWS_S3_REGION_NAME, settings.AWS_S3_ENDPOINT_URL = region, endpoint
    settings.AWS_ACCESS_KEY_ID = settings.AWS_SECRET_ACCESS_KEY = "for-tests"

    link = urlsplit(bucket.url("hls/1/1/720p/000.ts"))

    assert f"{link.scheme}://{link.netloc}" in origins("films", region, endpoint)
