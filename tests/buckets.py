"""An S3 server for tests: moto, which speaks S3 over real HTTP."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

NAME, REGION, KEY = "films", "us-east-1", "for-tests"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Its address. What is made in it stays until the module's tests are through."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(address: str) -> Any:
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": KEY, "region_name": REGION}
    return boto3.client("s3", endpoint_url=address, **keys)


def bucket_settings(address: str) -> dict[str, str]:
    """What the product is told of it, as environment variables."""
    return {
        "USE_S3_MEDIA": "True",
        "AWS_STORAGE_BUCKET_NAME": NAME,
        "AWS_S3_REGION_NAME": REGION,
        "AWS_S3_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
    }
