"""What is sent to a bucket, at once or in parts; what it says that it has got is compared."""

import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video_app.pipeline.layout import IMMUTABLE, TYPES
from video_app.pipeline.sentences import sentence
from video_app.store import s3
from video_app.store.interface import Watch, unwatched
from video_app.store.s3 import BucketError, client, errors, name, patiently

# All parts but the last have one size, as some services demand.
PART_BYTES = 8 * 1024**2
MAX_PARTS = 10_000
# With some kinds of encryption an ETag is something else.
CHECKSUM = re.compile("[0-9a-f]{32}")
SOMETHING_ELSE = sentence("The bucket has got something else than was sent.")
NOT_ALL = sentence("The bucket has not got all that was sent.")


@dataclass(frozen=True, slots=True)
class PartUpload:
    """A file that is sent in parts."""

    part_bytes: int
    id: str
    key: str

    @property
    def where(self) -> dict[str, str]:
        return name(self.key) | {"UploadId": self.id}


def part_bytes_for(most_bytes: int) -> int:
    """So many that the largest file has not too many parts."""
    return max(PART_BYTES, -(-most_bytes // (MAX_PARTS * 1024**2)) * 1024**2)


def headers(key: str) -> dict[str, str]:
    content_type = TYPES.get(Path(key).suffix, "application/octet-stream")
    return {"ContentType": content_type, "CacheControl": IMMUTABLE}


def put_bytes(content: bytes, **where: str) -> None:
    """A small file."""
    _send(client().put_object, content, **where)
    _compare_size({key: where[key] for key in ("Bucket", "Key")}, len(content))


def begin(key: str, most_bytes: int) -> PartUpload:
    answer = client().create_multipart_upload(**name(key), **headers(key))
    return PartUpload(part_bytes_for(most_bytes), str(answer["UploadId"]), key)


def send_part(upload: PartUpload, number: int, content: bytes, watch: Watch) -> dict[str, Any]:
    send = client().upload_part
    where = upload.where | {"PartNumber": number}
    answer = patiently(lambda: _send(send, content, **where), watch)
    return {"PartNumber": number, "ETag": answer["ETag"]}


def _send(call: Callable[..., Any], content: bytes, **where: Any) -> Any:
    digest = s3.md5(content)
    answer = call(**where, Body=content, ContentMD5=b64encode(digest.digest()).decode())
    etag = answer["ETag"].strip('"')
    if CHECKSUM.fullmatch(etag) and etag != digest.hexdigest():
        raise BucketError(SOMETHING_ELSE)
    return answer


def _compare_size(where: dict[str, str], size: int) -> None:
    if client().head_object(**where)["ContentLength"] != size:
        raise BucketError(NOT_ALL)


def sent(upload: PartUpload) -> list[dict[str, Any]] | None:
    """The first parts, as far as none is missing; None when there is no such upload (any more)."""
    pages = client().get_paginator("list_parts").paginate(**upload.where)
    try:
        found = {part["PartNumber"]: part for page in pages for part in page.get("Parts", ())}
    except client().exceptions.NoSuchUpload:
        return None
    whole: list[dict[str, Any]] = []
    while (part := found.get(len(whole) + 1)) and part["Size"] == upload.part_bytes:
        whole.append({"PartNumber": part["PartNumber"], "ETag": part["ETag"]})
    return whole


def complete(upload: PartUpload, parts: list[dict[str, Any]], size: int) -> None:
    """An answer that was lost may have been a yes: only the file itself tells."""

    def try_it() -> None:
        with suppress(client().exceptions.NoSuchUpload):
            client().complete_multipart_upload(**upload.where, MultipartUpload={"Parts": parts})
        _compare_size(name(upload.key), size)

    patiently(try_it, unwatched)


def put(path: Path, key: str, watch: Watch) -> None:
    """Put a large file in parts; nothing is left of it when that fails."""
    size = path.stat().st_size
    parts: list[dict[str, Any]] = []
    upload = patiently(lambda: begin(key, size), watch)
    try:
        with path.open("rb") as file:
            while piece := file.read(upload.part_bytes):
                watch()
                parts.append(send_part(upload, len(parts) + 1, piece, watch))
        complete(upload, parts, size)
    except BaseException:
        with suppress(BucketError, FileNotFoundError), errors():
            client().abort_multipart_upload(**upload.where)
        raise
