"""The store that is a bucket: Amazon's S3, or a service that speaks as it does.

A key names its build and its attempt, so nothing is ever overwritten with something else.
"""

import io
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

from video_app.store import cdn, local, parts, s3
from video_app.store.blocks import Blocks
from video_app.store.interface import Entry, File, Uploads, Watch, unwatched
from video_app.store.multipart import BucketUploads
from video_app.store.reader import reading
from video_app.store.s3 import BucketError, client, errors, name, patiently
from video_app.store.transfers import together

# Larger files go in parts.
PUT_BYTES = 16 * 1024**2
WEEK = 7 * 24 * 3600  # the longest life of a signed link


class BucketStore:
    """Nothing is renamed there: what is visible is what a row names."""

    puts_at_once = False
    uploads: Uploads = BucketUploads()

    # --- reading

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        span = {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        with errors():
            answer = client().get_object(**name(key), **(span if start or end else {}))
        return cast(BinaryIO, io.BufferedReader(s3.Body(answer)))

    def size(self, key: str) -> int:
        with errors():
            return int(client().head_object(**name(key))["ContentLength"])

    def sizes(self, prefix: str) -> dict[str, int]:
        with errors():
            return {_key(found["Key"]): found["Size"] for found in s3.files(_whole(f"{prefix}/"))}

    def list(self, prefix: str = "") -> Iterator[Entry]:
        with errors():
            for page in s3.pages(_whole(f"{prefix}/" if prefix else ""), Delimiter="/"):
                for folder in page.get("CommonPrefixes", ()):
                    yield Entry(_key(folder["Prefix"]).rstrip("/"), is_folder=True)
                for found in page.get("Contents", ()):
                    modified = found["LastModified"].timestamp()
                    yield Entry(_key(found["Key"]), found["Size"], modified)

    @contextmanager
    def source(self, *keys: str, watch: Watch = unwatched) -> Iterator[str]:
        (blocks,) = together([partial(_blocks, keys)], watch)
        with reading(blocks) as location:
            yield location

    @contextmanager
    def folder(self, keys: Sequence[str], *, watch: Watch = unwatched) -> Iterator[Path]:
        with local.work_folder() as folder:
            together([partial(_fetch, key, folder / Path(key).name) for key in keys], watch)
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
        together([partial(_put, path, key) for path, key in files], watch)

    def remove(self, key: str) -> None:
        with errors():
            _delete([_whole(key), *(found["Key"] for found in s3.files(_whole(f"{key}/")))])

    def move(self, key: str, target: str) -> None:
        keys = self.sizes(key)
        if not keys:
            self.size(key)  # `FileNotFoundError`
            keys = {key: 0}
        with errors():
            for old in keys:
                client().copy(name(old), **name(target + old.removeprefix(key)))
            _delete([_whole(old) for old in keys])


def _blocks(keys: Sequence[str], go_on: Watch) -> Blocks:
    for key in keys[:-1]:
        with suppress(FileNotFoundError):
            return Blocks(name(key), go_on)
    return Blocks(name(keys[-1]), go_on)


def _put(path: Path, key: str, go_on: Watch) -> None:
    """One file; what the bucket says that it has got is compared with what was sent."""
    if path.stat().st_size > PUT_BYTES:
        parts.put(path, key, go_on)
    else:
        where = name(key) | parts.headers(key)
        patiently(lambda: parts.put_bytes(path.read_bytes(), **where), go_on)


def _fetch(key: str, path: Path, go_on: Watch) -> None:
    def fetch() -> None:
        with BucketStore().open(key) as body, path.open("wb") as file:
            shutil.copyfileobj(body, file)

    patiently(fetch, go_on)


def _whole(key: str) -> str:
    return name(key)["Key"]


def _key(stored: str) -> str:
    return stored.removeprefix(settings.AWS_LOCATION)


def _delete(names: list[str]) -> None:
    """At most a thousand at once."""
    for at in range(0, len(names), 1000):
        wanted = {"Objects": [{"Key": key} for key in names[at : at + 1000]], "Quiet": True}
        answer = client().delete_objects(Bucket=settings.AWS_STORAGE_BUCKET_NAME, Delete=wanted)
        if refused := answer.get("Errors"):  # with a status of 200
            raise BucketError(s3.REFUSES % {"why": refused[0]["Code"]})
