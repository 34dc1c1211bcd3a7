"""The store that is a bucket: Amazon's S3, or a service that speaks as it does.

A key names its build and its attempt, so nothing is ever overwritten with something else.
"""

import io
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO, cast

from django.conf import settings

from video_app.models import held_keys
from video_app.pipeline.layout import IMMUTABLE, TYPES
from video_app.pipeline.sentences import sentence
from video_app.store import cdn, local, multipart, parts, s3
from video_app.store.interface import Entry, File, Watch, unwatched
from video_app.store.reader import reading
from video_app.store.s3 import BucketError, client, errors, name, patiently

CORS_RULE = "videoflix"
CALLED_OFF = sentence("The transfer was called off.")
# Larger files go in parts.
PUT_BYTES = 16 * 1024**2
WEEK = 7 * 24 * 3600  # the longest life of a signed link


class BucketStore:
    """Nothing is renamed there: what is visible is what a row names."""

    puts_at_once = False

    # --- reading

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        span = {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        with errors():
            answer = client().get_object(**name(key), **(span if start or end else {}))
        return cast(BinaryIO, io.BufferedReader(_Body(answer["Body"])))

    def size(self, key: str) -> int:
        with errors():
            return int(client().head_object(**name(key))["ContentLength"])

    def sizes(self, prefix: str) -> dict[str, int]:
        with errors():
            pages = (page.get("Contents", ()) for page in _pages(f"{prefix}/"))
            return {_key(found["Key"]): found["Size"] for page in pages for found in page}

    def list(self, prefix: str = "") -> Iterator[Entry]:
        with errors():
            for page in _pages(f"{prefix}/" if prefix else "", Delimiter="/"):
                for folder in page.get("CommonPrefixes", ()):
                    yield Entry(_key(folder["Prefix"]).rstrip("/"), is_folder=True)
                for found in page.get("Contents", ()):
                    modified = found["LastModified"].timestamp()
                    yield Entry(_key(found["Key"]), found["Size"], modified)

    @contextmanager
    def source(self, key: str) -> Iterator[str]:
        with reading(name(key)) as location:
            yield location

    @contextmanager
    def folder(self, keys: Sequence[str], *, watch: Watch = unwatched) -> Iterator[Path]:
        with self.work_folder(f"{local.UPLOADS}/{uuid.uuid4().hex}") as folder:
            _together([partial(_fetch, key, folder / Path(key).name) for key in keys], watch)
            yield folder

    def url(self, key: str, seconds: int) -> str:
        if not settings.BUCKET_LINKS:
            return ""
        if settings.MEDIA_CDN_URL:
            return cdn.link(key, seconds)
        if not s3.credentials_last(seconds):
            return ""
        with errors():
            return str(
                s3.public_client().generate_presigned_url(
                    "get_object", Params=name(key), ExpiresIn=min(seconds, WEEK)
                )
            )

    # --- writing

    def put(self, files: Iterable[File], *, watch: Watch = unwatched) -> None:
        _together([partial(_put, path, key) for path, key in files], watch)

    def remove(self, key: str) -> None:
        with errors():
            client().delete_object(**name(key))
            for page in _pages(f"{key}/"):
                _delete([found["Key"] for found in page.get("Contents", ())])

    def move(self, key: str, target: str) -> None:
        keys = self.sizes(key)
        if not keys:
            self.size(key)  # `FileNotFoundError`
            keys = {key: 0}
        with errors():
            for old in keys:
                client().copy(name(old), **name(target + old.removeprefix(key)))
            _delete([name(old)["Key"] for old in keys])

    def sweep(self) -> None:
        multipart.sweep(held_keys())

    @contextmanager
    def work_folder(self, prefix: str) -> Iterator[Path]:
        """On this machine's own disk, which holds nothing else for long."""
        with local.LocalStore().work_folder(prefix) as folder:
            yield folder


class _Body(io.RawIOBase):
    """What the bucket answers, with our errors."""

    def __init__(self, body: Any) -> None:
        self._body = body

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


def _put(path: Path, key: str, go_on: Watch) -> None:
    """One file; what the bucket says that it has got is compared with what was sent."""
    if path.stat().st_size > PUT_BYTES:
        parts.put(path, key, headers(key), go_on)
    else:
        patiently(lambda: put_bytes(path.read_bytes(), key), go_on)


def put_bytes(content: bytes, key: str) -> None:
    """Put a small file; `BucketError` when something else has arrived."""
    parts.put_bytes(content, name(key), headers(key))


def headers(key: str) -> dict[str, str]:
    content_type = TYPES.get(Path(key).suffix, "application/octet-stream")
    return {"ContentType": content_type, "CacheControl": IMMUTABLE}


def _fetch(key: str, path: Path, go_on: Watch) -> None:
    def fetch() -> None:
        with BucketStore().open(key) as body, path.open("wb") as file:
            while piece := body.read(1024**2):
                go_on()
                file.write(piece)

    patiently(fetch, go_on)


def _together(transfers: list[Callable[[Watch], None]], watch: Watch) -> None:
    """Run transfers, `PARALLEL` at a time, each with what it has to call between its pieces."""
    stop = Event()

    def go_on() -> None:
        if stop.is_set():
            raise BucketError(CALLED_OFF)

    with ThreadPoolExecutor(s3.PARALLEL) as pool:
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


def _pages(prefix: str, **options: str) -> Iterator[dict[str, Any]]:
    """What lies under a prefix, in pages of at most a thousand."""
    where = {
        "Bucket": settings.AWS_STORAGE_BUCKET_NAME,
        "Prefix": settings.AWS_LOCATION + prefix,
    }
    yield from client().get_paginator("list_objects_v2").paginate(**where, **options)


def _key(stored: str) -> str:
    return stored.removeprefix(settings.AWS_LOCATION)


def _delete(names: list[str]) -> None:
    """At most a thousand at once."""
    for at in range(0, len(names), 1000):
        wanted = {"Objects": [{"Key": key} for key in names[at : at + 1000]], "Quiet": True}
        answer = client().delete_objects(Bucket=settings.AWS_STORAGE_BUCKET_NAME, Delete=wanted)
        if refused := answer.get("Errors"):  # with a status of 200
            raise BucketError(s3.REFUSES % {"why": refused[0]["Code"]})


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
    with errors():
        rules = [found for found in _cors_rules() if found.get("ID") != CORS_RULE]
        client().put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*rules, rule]})


def _cors_rules() -> list[dict[str, Any]]:
    from botocore.exceptions import ClientError

    try:
        found = client().get_bucket_cors(Bucket=settings.AWS_STORAGE_BUCKET_NAME)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchCORSConfiguration":
            raise
        return []
    return list(found["CORSRules"])
