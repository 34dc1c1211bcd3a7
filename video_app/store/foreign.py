"""Buckets that films are imported from: our own, or others that our credentials may read.

They are only listed and read, and only at the bucket's own address.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings

from video_app.pipeline.sentences import sentence
from video_app.store import s3
from video_app.store.interface import AwayError

SCHEME = "s3://"
# Where our own files lie in our own bucket: no films to import.
OURS = ("sources/", "hls/", "posters/", "thumbnails/", "uploads/", ".quarantine/")
NO_PACKAGES = sentence(
    "Buckets need more packages: set USE_S3_MEDIA, or install requirements-s3.txt."
)
DENIED = sentence("The bucket cannot be read: %(code)s.")
NO_BUCKET = sentence("This is no place in a bucket: write s3://bucket/folder.")
CHANGED, BEYOND = "412", "416"


class NoBucketError(ValueError):
    """It names no place in a bucket; the message is for people."""


class DeniedError(AwayError):
    """The bucket does not let us read there, and will not by itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """A key in a bucket, or the prefix of some."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"

    @property
    def where(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key}

    @property
    def folder(self) -> str:
        """What its key begins with, up to the last slash."""
        return self.key[: self.key.rfind("/") + 1]


@dataclass(frozen=True, slots=True)
class Found:
    """A file in a bucket. `version` is another as soon as its bytes are."""

    place: Place
    size: int
    version: str

    @property
    def name(self) -> str:
        return self.place.key.rpartition("/")[2]


def parse(location: str) -> Place:
    """The place that `s3://bucket/key` names."""
    bucket, _, key = location.removeprefix(SCHEME).partition("/")
    if not location.startswith(SCHEME) or not bucket or set(bucket) & set("@:?#\\ \0"):
        raise NoBucketError(NO_BUCKET)
    return Place(bucket, key)


def files(place: Place) -> Iterator[Found]:
    """The file of that key, or else all below it as a folder, page by page, in the order of
    their keys; nothing of ours."""
    exact = place.key and not place.key.endswith("/")
    prefix = f"{place.key}/" if exact else place.key
    # A key comes before all others that begin with it.
    first = next(_listed(place, place.key), None) if exact else None
    if first and first.place == place:
        yield first
        return
    yield from _listed(place, prefix)


def beside(place: Place) -> Iterator[Found]:
    """The files of the folder that a file lies in."""
    return _listed(place, place.folder, Delimiter="/")


def _listed(place: Place, prefix: str, **options: str) -> Iterator[Found]:
    with _errors():
        for entry in s3.files(prefix, place.bucket, **options):
            found = _found(place.bucket, entry)
            if found.size and not is_ours(found.place):
                yield found


def _found(bucket: str, entry: dict[str, Any]) -> Found:
    return Found(Place(bucket, entry["Key"]), entry["Size"], _version(entry["ETag"]))


def _version(etag: str) -> str:
    return etag.strip('"')[:255]


def is_ours(place: Place) -> bool:
    """Whether it is a file that this product itself has put there."""
    if place.bucket != settings.AWS_STORAGE_BUCKET_NAME:
        return False
    return place.key.startswith(tuple(settings.AWS_LOCATION + prefix for prefix in OURS))


def open_from(place: Place, offset: int, version: str) -> tuple[s3.Body, int, Found]:
    """Bytes from `offset` on if the file still is of that version, else from its beginning;
    where they begin, and the file. `ValueError` when it has no more than `offset` bytes."""
    options = {"Range": f"bytes={offset}-"} if offset else {}
    if offset and version:
        options["IfMatch"] = f'"{version}"'
    with _errors():
        try:
            answer = s3.client().get_object(**place.where, **options)
        except _client_error() as error:
            code = str(error.response["ResponseMetadata"]["HTTPStatusCode"])
            if code == BEYOND:
                raise ValueError("beyond its end") from error
            if code != CHANGED:
                raise
            answer, offset = s3.client().get_object(**place.where), 0
    total = str(answer.get("ContentRange", "")).rpartition("/")[2]
    size = int(total) if total.isdecimal() else int(answer["ContentLength"])
    begins = offset if total else 0
    return s3.Body(answer), begins, Found(place, size, _version(answer["ETag"]))


def read(place: Place, most: int) -> bytes:
    """A small file; at most so many bytes of it."""
    with _errors(), closing(s3.client().get_object(**place.where)["Body"]) as body:
        return cast(bytes, body.read(most))


@contextmanager
def _errors() -> Iterator[None]:
    try:
        with s3.errors():
            yield
    except ImportError as error:
        raise DeniedError(NO_PACKAGES) from error
    except s3.BucketError as error:
        code, status = _answered(error)
        if status in (401, 403, 404):
            raise DeniedError(DENIED % {"code": code}) from error
        raise


def _answered(error: Exception) -> tuple[str, int]:
    response = getattr(error.__cause__, "response", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return response.get("Error", {}).get("Code", ""), status


def _client_error() -> Any:
    from botocore.exceptions import ClientError

    return ClientError
