"""The bucket where finished films lie when `USE_S3_MEDIA` is set.

It holds builds and nothing else: what lies locally under a build's prefix lies under the
same keys there, and beside it the source that the build was made of. A key names its
build, so nothing is ever overwritten with something else. boto3 is only imported when
it is used: it is heavy, and need not be installed.
"""

import hashlib
import os
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from threading import Event, Lock
from typing import Any
from uuid import uuid4

from django.conf import settings

from video_app.pipeline.layout import IMMUTABLE, TYPES
from video_app.pipeline.source import PARTIAL

# Files at once; each of them goes over one connection.
PARALLEL = 8
CORS_RULE = "videoflix"
Watch = Callable[[], None]


class BucketError(OSError):
    """The bucket is away, or refuses."""


def url(key: str) -> str:
    """A link that opens one file for `FILE_URL_SECONDS`; nobody is asked for it."""
    where = {"Bucket": settings.AWS_STORAGE_BUCKET_NAME, "Key": key}
    with _errors():
        return str(
            _client().generate_presigned_url(
                "get_object", Params=where, ExpiresIn=settings.FILE_URL_SECONDS
            )
        )


def sizes(prefix: str) -> dict[str, int]:
    """Key → bytes of all that lies under a build's prefix."""
    with _errors():
        return {found["Key"]: found["Size"] for page in _listing(prefix) for found in page}


def put(files: Iterable[tuple[Path, str]], *, watch: Watch) -> None:
    """Copy local files to their keys; `watch` is called every second and stops it by raising."""
    _together([partial(_put, path, key) for path, key in files], watch)


def _put(path: Path, key: str, go_on: Callable[[int], None]) -> None:
    content_type = TYPES.get(path.suffix, "application/octet-stream")
    # Not `upload_file`, which leaves the file open when the callback raises.
    with path.open("rb") as file:
        _client().upload_fileobj(
            file,
            settings.AWS_STORAGE_BUCKET_NAME,
            key,
            ExtraArgs={"ContentType": content_type, "CacheControl": IMMUTABLE},
            Callback=go_on,
            Config=_one_connection(),
        )


def fetch(key: str, path: Path, *, watch: Watch) -> None:
    """Copy one file from the bucket, whole or not at all; `watch` as of `put`."""
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}{PARTIAL}")
    try:
        _together([partial(_fetch, key, unfinished)], watch)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _fetch(key: str, path: Path, go_on: Callable[[int], None]) -> None:
    with path.open("wb") as file:
        _client().download_fileobj(
            settings.AWS_STORAGE_BUCKET_NAME, key, file, Callback=go_on, Config=_one_connection()
        )


def _together(transfers: list[Callable[[Callable[[int], None]], None]], watch: Watch) -> None:
    """Run transfers, each with a callback for its progress, `PARALLEL` at a time."""
    stop = Event()

    def go_on(_bytes: int) -> None:
        if stop.is_set():
            raise BucketError("The transfer was called off.")

    with _errors(), ThreadPoolExecutor(PARALLEL) as pool:
        waiting = {pool.submit(transfer, go_on) for transfer in transfers}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=1)
                for future in done:
                    future.result()
                watch()
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def remove(prefix: str) -> None:
    """Remove every file of a build."""
    bucket = settings.AWS_STORAGE_BUCKET_NAME
    with _errors():
        for page in _listing(prefix):
            wanted = {"Objects": [{"Key": found["Key"]} for found in page], "Quiet": True}
            answer = _client().delete_objects(Bucket=bucket, Delete=wanted)
            if refused := answer.get("Errors"):  # with a status of 200
                raise BucketError(f"{refused[0]['Key']}: {refused[0]['Code']}")


def _listing(prefix: str) -> Iterator[list[dict[str, Any]]]:
    """What lies under a build's prefix, in pages of at most a thousand."""
    pages = _client().get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=settings.AWS_STORAGE_BUCKET_NAME, Prefix=f"{prefix}/"):
        if found := page.get("Contents"):
            yield found


def allow_pages(origins: list[str]) -> None:
    """Let pages of these origins read from the bucket; other rules of its stay."""
    bucket = settings.AWS_STORAGE_BUCKET_NAME
    rule = {
        "ID": CORS_RULE,
        "AllowedOrigins": origins,
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["Content-Length", "Content-Range", "ETag"],
        "MaxAgeSeconds": 3600,
    }
    with _errors():
        rules = [found for found in _cors_rules() if found.get("ID") != CORS_RULE]
        _client().put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*rules, rule]})


def _cors_rules() -> list[dict[str, Any]]:
    from botocore.exceptions import ClientError

    try:
        found = _client().get_bucket_cors(Bucket=settings.AWS_STORAGE_BUCKET_NAME)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchCORSConfiguration":
            raise
        return []
    return list(found["CORSRules"])


@contextmanager
def _errors() -> Iterator[None]:
    """boto3 has many families of them."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from s3transfer.exceptions import RetriesExceededError

    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError, RetriesExceededError) as error:
        raise BucketError(str(error)) from error


def _one_connection() -> Any:
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(use_threads=False)


def _client() -> Any:
    """One for all threads: making one costs memory, using it is safe from any."""
    with _making:
        return _make_client()


_making = Lock()


@cache
def _make_client() -> Any:
    import boto3

    client = boto3.client(
        "s3",
        region_name=settings.AWS_S3_REGION_NAME or None,
        endpoint_url=settings.AWS_S3_ENDPOINT_URL or None,
        aws_access_key_id=settings.AWS_ACCESS_KEY_ID or None,
        aws_secret_access_key=settings.AWS_SECRET_ACCESS_KEY or None,
        aws_session_token=settings.AWS_SESSION_TOKEN or None,
        config=_config(),
    )
    for operation in ("DeleteObjects", "PutBucketCors"):
        client.meta.events.register(f"before-sign.s3.{operation}", _add_md5)
    return client


def _config() -> Any:
    from botocore.config import Config

    return Config(
        signature_version="s3v4",
        # Links have to begin with what pages are allowed to load from (BUCKET_ORIGINS).
        ignore_configured_endpoint_urls=True,
        s3={
            "addressing_style": "path" if settings.AWS_S3_ENDPOINT_URL else "virtual",
            "use_dualstack_endpoint": False,
        },
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=PARALLEL,
        # S3-compatible stores refuse the checksums that Amazon's has come to know.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "max_attempts": 3},
    )


def _add_md5(request: Any, **kwargs: Any) -> None:
    """Where a checksum is required, S3-compatible stores want this one."""
    digest = hashlib.md5(request.body, usedforsecurity=False).digest()
    request.headers["Content-MD5"] = b64encode(digest).decode()


# A worker's jobs run in forks of it, which must not share its connections.
os.register_at_fork(after_in_child=_make_client.cache_clear)
