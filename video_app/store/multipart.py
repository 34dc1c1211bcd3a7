"""Uploads into a bucket in parts: what has come lies there, whoever sends the rest.

All parts but the last have one size, as some services demand. What is less than a part waits
beside them as a small file, whose name says how many parts lie before it. A handle is
`<part size> <upload id> <key>`.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings

from video_app.store import parts, s3
from video_app.store.interface import OffsetError, unwatched
from video_app.store.parts import WAITING, PartUpload, complete, parts_of, put_bytes, send_part
from video_app.store.s3 import client, errors, name, patiently

# Longer than any transfer takes that no row knows of.
ABANDONED = timedelta(days=7)


def _read(handle: str) -> PartUpload:
    part_bytes, upload_id, key = handle.split(" ", 2)
    return PartUpload(int(part_bytes), upload_id, key)


def begin(key: str) -> str:
    """Begin an upload; its handle. Nothing lies under the key before `finish`."""
    with errors():
        return parts.begin(key, settings.MAX_UPLOAD_BYTES, {}).handle


def find(key: str) -> str:
    """The handle of an upload that was begun for a key and not finished; "" without one."""
    wanted = name(key)
    where = {"Bucket": wanted["Bucket"], "Prefix": wanted["Key"]}
    with errors():
        found = client().list_multipart_uploads(**where)
    for upload in found.get("Uploads", ()):
        if upload["Key"] == wanted["Key"]:
            return _upload(upload["UploadId"], key).handle
    return ""


def _upload(upload_id: str, key: str) -> PartUpload:
    return PartUpload(parts.part_bytes_for(settings.MAX_UPLOAD_BYTES), upload_id, key)


def offset(handle: str) -> int:
    """How many bytes have come for good. `FileNotFoundError` when it was aborted."""
    upload = _read(handle)
    with errors():
        there = parts_of(upload)
        if there is None:  # finished, or aborted
            return int(client().head_object(**name(upload.key))["ContentLength"])
        return len(there) * upload.part_bytes + _rest_size(upload, len(there))


def append(handle: str, start: int, piece: bytes) -> int:
    """Add bytes from `start` on; the new offset. `OffsetError` when it is another one."""
    upload = _read(handle)
    with errors():
        there = parts_of(upload)
        if there is None:
            raise OffsetError(offset(handle))
        rest = _rest(upload, len(there))
        if (end := len(there) * upload.part_bytes + len(rest)) != start:
            raise OffsetError(end)
        return _append(upload, len(there), rest + piece)


def _append(upload: PartUpload, before: int, content: bytes) -> int:
    """Whole parts go at once; what is left waits in a file of its own."""
    size = upload.part_bytes
    count = len(content) // size
    for number in range(count):
        part = content[number * size : (number + 1) * size]
        send_part(upload, before + number + 1, part, unwatched)
    if left := content[count * size :]:
        key = name(upload.rest_key(before + count))
        patiently(lambda: put_bytes(left, key, {}), unwatched)
    if count:
        client().delete_object(**name(upload.rest_key(before)))
    return before * size + len(content)


def finish(handle: str) -> int:
    """Have what was uploaded under its key; its size. May be repeated."""
    upload = _read(handle)
    with errors():
        if (there := parts_of(upload)) is not None:
            _finish(upload, there)
        return int(client().head_object(**name(upload.key))["ContentLength"])


def abort(handle: str) -> None:
    """Forget an unfinished upload; may be repeated."""
    upload = _read(handle)
    with errors():
        there = parts_of(upload)
        with suppress(client().exceptions.NoSuchUpload):
            client().abort_multipart_upload(**upload.where)
        if there is not None:
            client().delete_object(**name(upload.rest_key(len(there))))


def _rest_size(upload: PartUpload, count: int) -> int:
    try:
        answer = client().head_object(**name(upload.rest_key(count)))
    except client().exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in s3.MISSING:
            raise
        return 0
    return int(answer["ContentLength"])


def _rest(upload: PartUpload, count: int) -> bytes:
    if not _rest_size(upload, count):
        return b""
    answer = client().get_object(**name(upload.rest_key(count)))
    content: bytes = answer["Body"].read()
    return content


def _finish(upload: PartUpload, sent: list[dict[str, Any]]) -> None:
    count = len(sent)
    rest = _rest(upload, count)
    if not sent:  # less than one part is no multipart upload
        patiently(lambda: put_bytes(rest, name(upload.key), {}), unwatched)
        client().abort_multipart_upload(**upload.where)
    else:
        last = [send_part(upload, count + 1, rest, unwatched)] if rest else []
        complete(upload, [*sent, *last], count * upload.part_bytes + len(rest))
    client().delete_object(**name(upload.rest_key(count)))


def sweep(held: Collection[str]) -> None:
    """Abort what was begun long ago and never finished, and remove what waited for its next part;
    but for the keys that are `held`: somebody may go on with these for longer."""
    before = datetime.now(UTC) - ABANDONED
    with errors():
        waited_for = set()
        for upload, begun_at in _uploads():
            if upload.key in held:
                waited_for.add(PurePosixPath(name(upload.rest_key(0))["Key"]).parent)
            elif begun_at < before:
                client().abort_multipart_upload(**upload.where)
        for key, modified in _rests():
            if modified < before and PurePosixPath(key).parent not in waited_for:
                client().delete_object(Bucket=settings.AWS_STORAGE_BUCKET_NAME, Key=key)


def _uploads() -> Iterator[tuple[PartUpload, datetime]]:
    """All that were begun and not finished, and when they were."""
    where = {"Bucket": settings.AWS_STORAGE_BUCKET_NAME, "Prefix": settings.AWS_LOCATION}
    for page in client().get_paginator("list_multipart_uploads").paginate(**where):
        for found in page.get("Uploads", ()):
            key = found["Key"].removeprefix(settings.AWS_LOCATION)
            yield _upload(found["UploadId"], key), found["Initiated"]


def _rests() -> Iterator[tuple[str, datetime]]:
    """What waits for its next part: the whole keys, and since when."""
    waiting = name(f"{WAITING}/")
    pages = client().get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=waiting["Bucket"], Prefix=waiting["Key"]):
        for found in page.get("Contents", ()):
            yield found["Key"], found["LastModified"]
