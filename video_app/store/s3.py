"""Talking to the bucket: clients, errors and patience.

boto3 is only imported when it is used: it is heavy, and need not be installed.
"""

import hashlib
import io
import os
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings

from video_app.pipeline.sentences import sentence
from video_app.store.interface import AwayError, Watch

PARALLEL = 8
# A bucket that is away for a minute costs no encoded chunk.
PATIENCE_SECONDS = 90.0
LONGEST_PAUSE = 8.0
REFUSES = sentence("The bucket refuses: %(why)s")
AWAY = sentence("The bucket is away: %(why)s")
MISSING = {"404", "NoSuchKey", "NotFound", "NoSuchUpload"}
Result = TypeVar("Result")


class BucketError(AwayError):
    """The bucket is away, or refuses."""


@contextmanager
def errors() -> Iterator[None]:
    """boto3 has many families of them; `FileNotFoundError` for what is not there."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from s3transfer.exceptions import RetriesExceededError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in MISSING:
            raise FileNotFoundError(f"not in the bucket: {code}") from error
        raise BucketError(REFUSES % {"why": error}) from error
    except (Boto3Error, BotoCoreError, RetriesExceededError) as error:
        # By its kind only: its text may hold a signed address.
        raise BucketError(AWAY % {"why": type(error).__name__}) from error


def patiently(call: Callable[[], Result], watch: Watch) -> Result:
    """Do what may be done twice, again and again while the bucket is away or refuses."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.5
    while True:
        try:
            with errors():
                return call()
        except BucketError:
            if time.monotonic() + pause > deadline:
                raise
        _pause(pause, watch)
        pause = min(2 * pause, LONGEST_PAUSE)


def _pause(seconds: float, watch: Watch) -> None:
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        watch()
        time.sleep(min(1, left))


def name(key: str) -> dict[str, str]:
    """Where a key lies: `AWS_LOCATION` leaves room for others in the same bucket."""
    return {"Bucket": settings.AWS_STORAGE_BUCKET_NAME, "Key": settings.AWS_LOCATION + key}


def pages(prefix: str, bucket: str = "", **options: str) -> Iterator[dict[str, Any]]:
    """What lies under a whole prefix, in pages of at most a thousand."""
    where = {"Bucket": bucket or settings.AWS_STORAGE_BUCKET_NAME, "Prefix": prefix}
    yield from client().get_paginator("list_objects_v2").paginate(**where, **options)


def files(prefix: str, bucket: str = "", **options: str) -> Iterator[dict[str, Any]]:
    """The files among it, in the order of their keys."""
    for page in pages(prefix, bucket, **options):
        yield from page.get("Contents", ())


class Body(io.RawIOBase):
    """What the bucket answers, with our errors."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._body = answer["Body"]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with errors():
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()


def md5(content: bytes) -> "hashlib._Hash":
    return hashlib.md5(content, usedforsecurity=False)


def client() -> Any:
    """One for all threads: making one costs memory, using it is safe from any."""
    with _making:
        return make_client(settings.AWS_S3_ENDPOINT_URL)


def public_client() -> Any:
    """Signs for readers, who may know the bucket by another address than this machine."""
    with _making:
        return make_client(settings.AWS_S3_PUBLIC_ENDPOINT_URL or settings.AWS_S3_ENDPOINT_URL)


_making = Lock()


@cache
def make_client(endpoint: str) -> Any:
    made = session().client("s3", endpoint_url=endpoint or None, config=_config(endpoint))
    for operation in ("DeleteObjects", "PutBucketCors"):
        made.meta.events.register(f"before-sign.s3.{operation}", _add_md5)
    return made


@cache
def session() -> Any:
    import boto3

    return boto3.Session(
        region_name=settings.AWS_S3_REGION_NAME or None,
        aws_access_key_id=settings.AWS_ACCESS_KEY_ID or None,
        aws_secret_access_key=settings.AWS_SECRET_ACCESS_KEY or None,
        aws_session_token=settings.AWS_SESSION_TOKEN or None,
    )


def credentials_last(seconds: int) -> bool:
    """Whether links signed now open for so long: they end with what signed them."""
    if settings.AWS_SESSION_TOKEN:
        return False  # nobody says when it ends
    credentials = session().get_credentials()
    credentials.get_frozen_credentials()  # those of a role are renewed here
    end = getattr(credentials, "_expiry_time", None)
    return end is None or bool(end.timestamp() - time.time() > seconds)


def _config(endpoint: str) -> Any:
    from botocore.config import Config

    return Config(
        signature_version="s3v4",
        # Links have to begin with what pages are allowed to load from (BUCKET_ORIGINS).
        ignore_configured_endpoint_urls=True,
        s3={
            "addressing_style": "path" if endpoint else "virtual",
            "use_dualstack_endpoint": False,
        },
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=2 * PARALLEL,
        # S3-compatible stores refuse the checksums that Amazon's has come to know.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "max_attempts": 3},
    )


def _add_md5(request: Any, **kwargs: Any) -> None:
    """Where a checksum is required, S3-compatible stores want this one."""
    request.headers["Content-MD5"] = b64encode(md5(request.body).digest()).decode()


def forget_clients() -> None:
    make_client.cache_clear()
    session.cache_clear()


# A worker's jobs run in forks of it, which must not share its connections.
os.register_at_fork(after_in_child=forget_clients)
