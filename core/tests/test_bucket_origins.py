"""Pages may load from where links into the bucket lead."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.settings.bucket import from_url, origins
from video_app.store import s3
from video_app.store.bucket import BucketStore


@pytest.fixture(autouse=True)
def _own_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # What stands in the environment for other programs must not lead links elsewhere.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere.example")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    s3.forget_clients()
    yield
    s3.forget_clients()


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

    link = urlsplit(BucketStore().url("hls/1/1/720p/000.ts", 60))

    assert f"{link.scheme}://{link.netloc}" in origins("films", region, endpoint)


@pytest.mark.parametrize(
    ("url", "bucket", "prefix", "endpoint", "region", "key", "secret"),
    [
        ("s3://films", "films", "", "", "", "", ""),
        ("s3://K:S%2Fx@films/a/b?region=eu-1", "films", "a/b", "", "eu-1", "K", "S/x"),
        ("http://K:S@s3:9000/films", "films", "", "http://s3:9000", "", "K", "S"),
        (
            "https://K:S@s3.example/films/a?region=r",
            "films",
            "a",
            "https://s3.example",
            "r",
            "K",
            "S",
        ),
    ],
)
def test_reads_bucket_url(
    url: str, bucket: str, prefix: str, endpoint: str, region: str, key: str, secret: str
) -> None:
    found = from_url(url)

    assert (found["AWS_STORAGE_BUCKET_NAME"], found["AWS_LOCATION"]) == (bucket, prefix)
    assert (found["AWS_S3_ENDPOINT_URL"], found["AWS_S3_REGION_NAME"]) == (endpoint, region)
    assert (found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"]) == (key, secret)


def test_pages_may_load_from_a_cdn() -> None:
    assert origins("films", "", "https://d1.cloudfront.test") == ["https://d1.cloudfront.test"]
