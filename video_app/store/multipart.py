"""Uploads into a bucket: each is one of S3's in parts, and what has come lies there.

What is less than a part waits beside the parts as a small file, whose name says how many of them
lie before it.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from video_app.store import parts, s3
from video_app.store.interface import unwatched
from video_app.store.parts import PartUpload, put_bytes, send_part
from video_app.store.s3 import client, errors, name, patiently

# Longer than any transfer takes that no row knows of.
ABANDONED = timedelta(days=7)
WAITING = "uploads"


class BucketUploads:
    """What is there cannot be taken back."""

    piece_bytes = parts.PART_BYTES
    can_take_back = False

    def begin(self, key: str) -> None:
        with errors():
            if not find(key):
                parts.begin(key, settings.MAX_UPLOAD_BYTES)

    def size(self, key: str) -> int:
        with errors():
            if (upload := find(key)) and (sent := parts.sent(upload)) is not None:
                return len(sent) * upload.part_bytes + _rest_size(upload, len(sent))
            return int(client().head_object(**name(key))["ContentLength"])

    def append(self, key: str, offset: int, piece: bytes | bytearray) -> None:
        with errors():
            upload = find(key)
            sent = parts.sent(upload) if upload else None
            if upload is None or sent is None:
                raise FileNotFoundError(key)
            rest = _rest(upload, len(sent))
            known = len(sent) * upload.part_bytes + len(rest) - offset
            if known < 0:
                raise OSError("The bucket has lost what had come.")
            _append(upload, len(sent), rest + piece[known:])

    def sync(self, key: str) -> None:
        """Nothing: what the bucket has confirmed it keeps."""

    def finish(self, key: str, length: int) -> None:
        with errors():
            if (upload := find(key)) and (sent := parts.sent(upload)) is not None:
                _finish(upload, sent)

    def abort(self, key: str) -> None:
        with suppress(FileNotFoundError), errors():
            if upload := find(key):
                count = len(parts.sent(upload) or ())
                client().delete_object(**name(_rest_key(upload, count)))
                client().abort_multipart_upload(**upload.where)
            client().delete_object(**name(key))

    def sweep(self, held: Collection[str]) -> None:
        before, waited_for = datetime.now(UTC) - ABANDONED, set()
        with errors():
            for upload, begun_at in _unfinished(""):
                if upload.key in held:
                    waited_for.add(name(_rest_key(upload, 0))["Key"].rpartition("/")[0])
                elif begun_at < before:
                    client().abort_multipart_upload(**upload.where)
            for found in s3.files(name(f"{WAITING}/")["Key"]):
                is_waited_for = found["Key"].rpartition("/")[0] in waited_for
                if found["LastModified"] < before and not is_waited_for:
                    client().delete_object(**name("") | {"Key": found["Key"]})


def find(key: str) -> PartUpload | None:
    """What was begun for a key and not finished."""
    return next((upload for upload, _ in _unfinished(key) if upload.key == key), None)


def _unfinished(prefix: str) -> Iterator[tuple[PartUpload, datetime]]:
    """All that were begun and not finished, and when they were."""
    where = name(prefix)
    pages = client().get_paginator("list_multipart_uploads")
    for page in pages.paginate(Bucket=where["Bucket"], Prefix=where["Key"]):
        for found in page.get("Uploads", ()):
            key = found["Key"].removeprefix(settings.AWS_LOCATION)
            part_bytes = parts.part_bytes_for(settings.MAX_UPLOAD_BYTES)
            yield PartUpload(part_bytes, found["UploadId"], key), found["Initiated"]


def _append(upload: PartUpload, before: int, content: bytes) -> None:
    """Whole parts go at once; what is left waits in a file of its own."""
    size = upload.part_bytes
    count = len(content) // size
    for number in range(count):
        part = content[number * size : (number + 1) * size]
        send_part(upload, before + number + 1, part, unwatched)
    if left := content[count * size :]:
        key = _rest_key(upload, before + count)
        patiently(lambda: put_bytes(left, **name(key)), unwatched)
    if count:
        client().delete_object(**name(_rest_key(upload, before)))


def _finish(upload: PartUpload, sent: list[dict[str, Any]]) -> None:
    count = len(sent)
    rest = _rest(upload, count)
    if not sent:  # less than one part is no multipart upload
        where = name(upload.key) | parts.headers(upload.key)
        patiently(lambda: put_bytes(rest, **where), unwatched)
        client().abort_multipart_upload(**upload.where)
    else:
        last = [send_part(upload, count + 1, rest, unwatched)] if rest else []
        parts.complete(upload, [*sent, *last], count * upload.part_bytes + len(rest))
    client().delete_object(**name(_rest_key(upload, count)))


def _rest_key(upload: PartUpload, count: int) -> str:
    about = f"{upload.part_bytes} {upload.id} {upload.key}"
    return f"{WAITING}/{s3.md5(about.encode()).hexdigest()}/{count}"


def _rest(upload: PartUpload, count: int) -> bytes:
    with suppress(FileNotFoundError), errors():
        content: bytes = client().get_object(**name(_rest_key(upload, count)))["Body"].read()
        return content
    return b""


def _rest_size(upload: PartUpload, count: int) -> int:
    with suppress(FileNotFoundError), errors():
        return int(client().head_object(**name(_rest_key(upload, count)))["ContentLength"])
    return 0
