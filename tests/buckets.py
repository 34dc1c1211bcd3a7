"""S3 servers for tests: moto, which speaks S3 over real HTTP, and SeaweedFS, which also verifies
signatures."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
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


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_seaweed(tmp_path_factory.mktemp("seaweed")) as address:
        yield address


@contextmanager
def running_seaweed(folder: Path) -> Iterator[str]:
    """The address of a server that lets nobody in without a right signature."""
    keys = {"accessKey": KEY, "secretKey": KEY}
    may = ["Admin", "Read", "Write", "List", "Tagging"]
    identity = {"name": "app", "credentials": [keys], "actions": may}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = {name: str(_free_port()) for name in ("s3", "master", "volume", "filer")}
    weed = Path(sys.executable).with_name("weed")
    command = [
        *(str(weed), "server", "-s3", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-s3.config={folder}/s3.json", "-master.volumeSizeLimitMB=64", "-volume.max=200"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"),
        *(f"-{name}.port={port}" for name, port in ports.items()),
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{ports['s3']}"
    try:
        wait_for(address)
        yield address
    finally:
        server.kill()
        server.wait()


def _free_port() -> int:
    """Below those of which it takes another one for itself, 10,000 higher."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 55_000:
            return port


def wait_for(address: str) -> None:
    """Until it makes buckets, which takes it some seconds."""
    deadline = time.monotonic() + 60
    while True:
        try:
            client(address).create_bucket(Bucket=NAME)
        except (BotoCoreError, ClientError):
            assert time.monotonic() < deadline, "SeaweedFS does not start"
            time.sleep(0.3)
        else:
            return


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
