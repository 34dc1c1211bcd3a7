"""Uploads into a bucket in parts: what has come lies there, whoever sends the rest.

All parts but the last have one size, as some services demand. What is less than a part waits
beside them as a small file, whose name says how many parts lie before it. A handle is
`<part size> <upload id> <key>`.
"""

from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from video_app.store import s3
from video_app.store.interface import OffsetError, Watch, unwatched
from video_app.store.s3 import BucketError, client, errors, patiently

PART_BYTES = 8 * 1024**2
MAX_PARTS = 10_000
WAITING = "uploads"
# Longer than whoever began an upload keeps it.
ABANDONED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Upload:
    """A multipart upload, and the numbers of what has come of it."""

    part_bytes: int
    id: str
    key: str

    @property
    def handle(self) -> str:
        return f"{self.part_bytes} {self.id} {self.key}"

    @property
    def where(self) -> dict[str, str]:
        return _name(self.key) | {"UploadId": self.id}

    def rest_key(self, parts: int) -> str:
        return f"{WAITING}/{s3.md5(self.handle.encode()).hexdigest()}/{parts}"


def _read(handle: str) -> _Upload:
    part_bytes, upload_id, key = handle.split(" ", 2)
    return _Upload(int(part_bytes), upload_id, key)


def _name(key: str) -> dict[str, str]:
    return {"Bucket": settings.AWS_STORAGE_BUCKET_NAME, "Key": settings.AWS_LOCATION + key}


class Uploads:
    """The uploads of `interface.Store`."""

    def begin(self, key: str) -> str:
        with errors():
            return _begin(key, settings.MAX_UPLOAD_BYTES, {}).handle

    def find(self, key: str) -> str:
        name = _name(key)
        with errors():
            found = client().list_multipart_uploads(Bucket=name["Bucket"], Prefix=name["Key"])
        for upload in found.get("Uploads", ()):
            if upload["Key"] == name["Key"]:
                part_bytes = _part_bytes(settings.MAX_UPLOAD_BYTES)
                return _Upload(part_bytes, upload["UploadId"], key).handle
        return ""

    def offset(self, handle: str) -> int:
        upload = _read(handle)
        with errors():
            parts = _parts(upload)
            if parts is None:  # finished, or aborted
                return int(client().head_object(**_name(upload.key))["ContentLength"])
            return len(parts) * upload.part_bytes + _rest_size(upload, len(parts))

    def append(
        self, handle: str, offset: int, pieces: Iterable[bytes], *, watch: Watch = unwatched
    ) -> int:
        upload = _read(handle)
        with errors():
            parts = _parts(upload)
            if parts is None:
                raise OffsetError(self.offset(handle))
            rest = _rest(upload, len(parts))
            if (there := len(parts) * upload.part_bytes + len(rest)) != offset:
                raise OffsetError(there)
            return _Appending(upload, len(parts), rest, watch).take(pieces)

    def finish(self, handle: str) -> int:
        upload = _read(handle)
        with errors():
            if (parts := _parts(upload)) is not None:
                _finish(upload, parts)
            return int(client().head_object(**_name(upload.key))["ContentLength"])

    def abort(self, handle: str) -> None:
        upload = _read(handle)
        with errors():
            parts = _parts(upload)
            with suppress(client().exceptions.NoSuchUpload):
                client().abort_multipart_upload(**upload.where)
            if parts is not None:
                client().delete_object(**_name(upload.rest_key(len(parts))))


class _Appending:
    """Whole parts go as soon as they are there; what is left waits in a file of its own."""

    def __init__(self, upload: _Upload, parts: int, rest: bytes, watch: Watch) -> None:
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
            _send_part(self._upload, self._parts + 1, bytes(self._buffer[:size]), self._watch)
            self._parts += 1
            del self._buffer[:size]

    def _keep_rest(self) -> None:
        if self._buffer:
            key = _name(self._upload.rest_key(self._parts))
            patiently(lambda: put_bytes(bytes(self._buffer), key, {}), unwatched)
        if self._parts != self._parts_before:
            client().delete_object(**_name(self._upload.rest_key(self._parts_before)))


def _begin(key: str, most_bytes: int, headers: dict[str, str]) -> _Upload:
    answer = client().create_multipart_upload(**_name(key), **headers)
    return _Upload(_part_bytes(most_bytes), str(answer["UploadId"]), key)


def _part_bytes(most_bytes: int) -> int:
    """So many that the largest file has not too many parts."""
    return max(PART_BYTES, -(-most_bytes // (MAX_PARTS * 1024**2)) * 1024**2)


def _send_part(upload: _Upload, number: int, content: bytes, watch: Watch) -> dict[str, Any]:
    def send() -> dict[str, Any]:
        digest = s3.md5(content)
        answer = client().upload_part(
            **upload.where,
            PartNumber=number,
            Body=content,
            ContentMD5=b64encode(digest.digest()).decode(),
        )
        _compare(answer["ETag"], digest.hexdigest())
        return {"PartNumber": number, "ETag": answer["ETag"]}

    return patiently(send, watch)


def _compare(etag: str, sent: str) -> None:
    etag = etag.strip('"')
    if s3.is_checksum(etag) and etag != sent:
        raise BucketError("The bucket has got something else than was sent.")


def put_bytes(content: bytes, where: dict[str, str], headers: dict[str, str]) -> None:
    digest = s3.md5(content)
    checksum = b64encode(digest.digest()).decode()
    answer = client().put_object(**where, **headers, Body=content, ContentMD5=checksum)
    _compare(answer["ETag"], digest.hexdigest())
    if client().head_object(**where)["ContentLength"] != len(content):
        raise BucketError("The bucket has not got all that was sent.")


def _parts(upload: _Upload) -> list[dict[str, Any]] | None:
    """The first parts, as far as none is missing; None when there is no such upload (any more)."""
    found: dict[int, dict[str, Any]] = {}
    try:
        for page in client().get_paginator("list_parts").paginate(**upload.where):
            found |= {part["PartNumber"]: part for part in page.get("Parts", ())}
    except client().exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchUpload":
            raise
        return None
    whole: list[dict[str, Any]] = []
    while (part := found.get(len(whole) + 1)) and part["Size"] == upload.part_bytes:
        whole.append({"PartNumber": part["PartNumber"], "ETag": part["ETag"]})
    return whole


def _rest_size(upload: _Upload, parts: int) -> int:
    try:
        answer = client().head_object(**_name(upload.rest_key(parts)))
    except client().exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in s3.MISSING:
            raise
        return 0
    return int(answer["ContentLength"])


def _rest(upload: _Upload, parts: int) -> bytes:
    if not _rest_size(upload, parts):
        return b""
    answer = client().get_object(**_name(upload.rest_key(parts)))
    content: bytes = answer["Body"].read()
    return content


def _finish(upload: _Upload, parts: list[dict[str, Any]]) -> None:
    count = len(parts)
    rest = _rest(upload, count)
    if not parts:  # less than one part is no multipart upload
        patiently(lambda: put_bytes(rest, _name(upload.key), {}), unwatched)
        client().abort_multipart_upload(**upload.where)
    else:
        last = [_send_part(upload, count + 1, rest, unwatched)] if rest else []
        _complete(upload, [*parts, *last], count * upload.part_bytes + len(rest))
    client().delete_object(**_name(upload.rest_key(count)))


def _complete(upload: _Upload, parts: list[dict[str, Any]], size: int) -> None:
    """An answer that was lost may have been a yes: only the file itself tells."""

    def complete() -> None:
        with suppress(client().exceptions.NoSuchUpload):
            client().complete_multipart_upload(**upload.where, MultipartUpload={"Parts": parts})
        if client().head_object(**_name(upload.key))["ContentLength"] != size:
            raise BucketError("The bucket has not got all that was sent.")

    patiently(complete, unwatched)


def put(path: Path, key: str, headers: dict[str, str], go_on: Watch) -> None:
    """Put a large file in parts; nothing is left of it when that fails."""
    size = path.stat().st_size
    upload = patiently(lambda: _begin(key, size, headers), go_on)
    try:
        with path.open("rb") as file:
            parts = _send_all(upload, file, go_on)
        _complete(upload, parts, size)
    except BaseException:
        with suppress(BucketError, FileNotFoundError), errors():
            client().abort_multipart_upload(**upload.where)
        raise


def _send_all(upload: _Upload, file: BinaryIO, go_on: Watch) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    while piece := file.read(upload.part_bytes):
        go_on()
        parts.append(_send_part(upload, len(parts) + 1, piece, go_on))
    return parts


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
