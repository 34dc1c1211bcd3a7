"""Uploads into a bucket in parts: what has come lies there, whoever sends the rest.

All parts but the last have one size, as some services demand. What is less than a part waits
beside them as a small file, whose name says how many parts lie before it. A handle is
`<part size> <upload id> <key>`.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from video_app.store import s3
from video_app.store.interface import OffsetError, Watch, unwatched
from video_app.store.parts import (
    WAITING,
    PartUpload,
    begin,
    complete,
    part_bytes_for,
    parts_of,
    put_bytes,
    send_part,
)
from video_app.store.s3 import client, errors, name, patiently

# Longer than whoever began an upload keeps it.
ABANDONED = timedelta(days=7)


def _read(handle: str) -> PartUpload:
    part_bytes, upload_id, key = handle.split(" ", 2)
    return PartUpload(int(part_bytes), upload_id, key)


class Uploads:
    """The uploads of `interface.Store`."""

    def begin(self, key: str) -> str:
        with errors():
            return begin(key, settings.MAX_UPLOAD_BYTES, {}).handle

    def find(self, key: str) -> str:
        wanted = name(key)
        where = {"Bucket": wanted["Bucket"], "Prefix": wanted["Key"]}
        with errors():
            found = client().list_multipart_uploads(**where)
        for upload in found.get("Uploads", ()):
            if upload["Key"] == wanted["Key"]:
                part_bytes = part_bytes_for(settings.MAX_UPLOAD_BYTES)
                return PartUpload(part_bytes, upload["UploadId"], key).handle
        return ""

    def offset(self, handle: str) -> int:
        upload = _read(handle)
        with errors():
            parts = parts_of(upload)
            if parts is None:  # finished, or aborted
                return int(client().head_object(**name(upload.key))["ContentLength"])
            return len(parts) * upload.part_bytes + _rest_size(upload, len(parts))

    def append(
        self, handle: str, offset: int, pieces: Iterable[bytes], *, watch: Watch = unwatched
    ) -> int:
        upload = _read(handle)
        with errors():
            parts = parts_of(upload)
            if parts is None:
                raise OffsetError(self.offset(handle))
            rest = _rest(upload, len(parts))
            if (there := len(parts) * upload.part_bytes + len(rest)) != offset:
                raise OffsetError(there)
            return _Appending(upload, len(parts), rest, watch).take(pieces)

    def finish(self, handle: str) -> int:
        upload = _read(handle)
        with errors():
            if (parts := parts_of(upload)) is not None:
                _finish(upload, parts)
            return int(client().head_object(**name(upload.key))["ContentLength"])

    def abort(self, handle: str) -> None:
        upload = _read(handle)
        with errors():
            parts = parts_of(upload)
            with suppress(client().exceptions.NoSuchUpload):
                client().abort_multipart_upload(**upload.where)
            if parts is not None:
                client().delete_object(**name(upload.rest_key(len(parts))))


class _Appending:
    """Whole parts go as soon as they are there; what is left waits in a file of its own."""

    def __init__(self, upload: PartUpload, parts: int, rest: bytes, watch: Watch) -> None:
        self._upload = upload
        self._parts = self._parts_before = parts
        self._buffer = bytearray(rest)
        self._watch = watch

    def take(self, pieces: Iterable[bytes]) -> int:
        is_ours = True

        def watch() -> None:
            nonlocal is_ours
            is_ours = False
            self._watch()
            is_ours = True

        try:
            for piece in pieces:
                watch()
                self._buffer += piece
                self._send_parts()
        finally:
            if is_ours:
                self._keep_rest()
        return self._parts * self._upload.part_bytes + len(self._buffer)

    def _send_parts(self) -> None:
        size = self._upload.part_bytes
        while len(self._buffer) >= size:
            send_part(self._upload, self._parts + 1, bytes(self._buffer[:size]), self._watch)
            self._parts += 1
            del self._buffer[:size]

    def _keep_rest(self) -> None:
        if self._buffer:
            key = name(self._upload.rest_key(self._parts))
            patiently(lambda: put_bytes(bytes(self._buffer), key, {}), unwatched)
        if self._parts != self._parts_before:
            client().delete_object(**name(self._upload.rest_key(self._parts_before)))


def _rest_size(upload: PartUpload, parts: int) -> int:
    try:
        answer = client().head_object(**name(upload.rest_key(parts)))
    except client().exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in s3.MISSING:
            raise
        return 0
    return int(answer["ContentLength"])


def _rest(upload: PartUpload, parts: int) -> bytes:
    if not _rest_size(upload, parts):
        return b""
    answer = client().get_object(**name(upload.rest_key(parts)))
    content: bytes = answer["Body"].read()
    return content


def _finish(upload: PartUpload, parts: list[dict[str, Any]]) -> None:
    count = len(parts)
    rest = _rest(upload, count)
    if not parts:  # less than one part is no multipart upload
        patiently(lambda: put_bytes(rest, name(upload.key), {}), unwatched)
        client().abort_multipart_upload(**upload.where)
    else:
        last = [send_part(upload, count + 1, rest, unwatched)] if rest else []
        complete(upload, [*parts, *last], count * upload.part_bytes + len(rest))
    client().delete_object(**name(upload.rest_key(count)))


def remove_abandoned_rests() -> None:
    """Remove what waited for its next part longer than any upload is kept."""
    before, waiting = datetime.now(UTC) - ABANDONED, name(f"{WAITING}/")
    with errors():
        pages = client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=waiting["Bucket"], Prefix=waiting["Key"]):
            for found in page.get("Contents", ()):
                if found["LastModified"] < before:
                    client().delete_object(Bucket=waiting["Bucket"], Key=found["Key"])


def abort_abandoned() -> int:
    """Abort what was begun long ago and never finished; how many uploads."""
    before, count = datetime.now(UTC) - ABANDONED, 0
    where = {
        "Bucket": settings.AWS_STORAGE_BUCKET_NAME,
        "Prefix": settings.AWS_LOCATION,
    }
    with errors():
        for page in client().get_paginator("list_multipart_uploads").paginate(**where):
            for found in page.get("Uploads", ()):
                if found["Initiated"] < before:
                    one = {"Key": found["Key"], "UploadId": found["UploadId"]}
                    client().abort_multipart_upload(Bucket=where["Bucket"], **one)
                    count += 1
    return count
