"""The files of a running site, looked at and spoilt behind its back: in a folder or a bucket."""

import shutil
from pathlib import Path
from typing import Any, Protocol

from tests.buckets import NAME, bucket_settings, client


class Files(Protocol):
    def listing(self, prefix: str = "") -> set[str]:
        """Of every file under a prefix."""
        ...

    def read(self, key: str) -> bytes: ...

    def write(self, key: str, content: bytes) -> None: ...

    def remove(self, key: str) -> None:
        """A file, or all that lies under a prefix."""
        ...


class Folder:
    def __init__(self, media: Path) -> None:
        self.media = media

    def listing(self, prefix: str = "") -> set[str]:
        found = (self.media / prefix).rglob("*")
        return {path.relative_to(self.media).as_posix() for path in found if path.is_file()}

    def read(self, key: str) -> bytes:
        return (self.media / key).read_bytes()

    def write(self, key: str, content: bytes) -> None:
        (self.media / key).write_bytes(content)

    def remove(self, key: str) -> None:
        path = self.media / key
        shutil.rmtree(path) if path.is_dir() else path.unlink()


class Bucket:
    """What lies under `location`, with a slash at its end, in the bucket of the tests."""

    def __init__(self, address: str, location: str) -> None:
        self._client: Any = client(address)
        self._location = location

    def listing(self, prefix: str = "") -> set[str]:
        pages = self._client.get_paginator("list_objects_v2")
        wanted = {"Bucket": NAME, "Prefix": f"{self._location}{prefix}"}
        found = (
            file["Key"] for page in pages.paginate(**wanted) for file in page.get("Contents", ())
        )
        return {key.removeprefix(self._location) for key in found}

    def read(self, key: str) -> bytes:
        content: bytes = self._client.get_object(**self._where(key))["Body"].read()
        return content

    def write(self, key: str, content: bytes) -> None:
        self._client.put_object(**self._where(key), Body=content)

    def remove(self, key: str) -> None:
        for found in self.listing(key):
            self._client.delete_object(**self._where(found))

    def _where(self, key: str) -> dict[str, str]:
        return {"Bucket": NAME, "Key": f"{self._location}{key}"}


def settings_of(address: str, location: str) -> dict[str, str]:
    """Web passes the bytes through, so that it notices what is missing as in a folder; links
    are the subject of test_bucket.py."""
    return bucket_settings(address) | {"AWS_LOCATION": location, "BUCKET_LINKS": "False"}


def files_of(env: dict[str, str], media: Path) -> Files:
    if env.get("USE_S3_MEDIA") != "True":
        return Folder(media)
    location = env.get("AWS_LOCATION", "").strip("/")
    return Bucket(env["AWS_S3_ENDPOINT_URL"], f"{location}/".lstrip("/"))
