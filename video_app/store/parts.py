"""Files in parts, as a bucket takes large ones; what it says that it has got is compared."""

from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from video_app.pipeline.sentences import sentence
from video_app.store import s3
from video_app.store.interface import Watch, unwatched
from video_app.store.s3 import BucketError, client, errors, name, patiently

PART_BYTES = 8 * 1024**2
MAX_PARTS = 10_000
WAITING = "uploads"
SOMETHING_ELSE = sentence("The bucket has got something else than was sent.")
NOT_ALL = sentence("The bucket has not got all that was sent.")


@dataclass(frozen=True, slots=True)
class PartUpload:
    """A multipart upload, and the numbers of what has come of it."""

    part_bytes: int
    id: str
    key: str

    @property
    def handle(self) -> str:
        return f"{self.part_bytes} {self.id} {self.key}"

    @property
    def where(self) -> dict[str, str]:
        return name(self.key) | {"UploadId": self.id}

    def rest_key(self, parts: int) -> str:
        return f"{WAITING}/{s3.md5(self.handle.encode()).hexdigest()}/{parts}"


def begin(key: str, most_bytes: int, headers: dict[str, str]) -> PartUpload:
    answer = client().create_multipart_upload(**name(key), **headers)
    return PartUpload(part_bytes_for(most_bytes), str(answer["UploadId"]), key)


def part_bytes_for(most_bytes: int) -> int:
    """So many that the largest file has not too many parts."""
    return max(PART_BYTES, -(-most_bytes // (MAX_PARTS * 1024**2)) * 1024**2)


def send_part(upload: PartUpload, number: int, content: bytes, watch: Watch) -> dict[str, Any]:
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
        raise BucketError(SOMETHING_ELSE)


def put_bytes(content: bytes, where: dict[str, str], headers: dict[str, str]) -> None:
    digest = s3.md5(content)
    checksum = b64encode(digest.digest()).decode()
    answer = client().put_object(**where, **headers, Body=content, ContentMD5=checksum)
    _compare(answer["ETag"], digest.hexdigest())
    if client().head_object(**where)["ContentLength"] != len(content):
        raise BucketError(NOT_ALL)


def parts_of(upload: PartUpload) -> list[dict[str, Any]] | None:
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


def complete(upload: PartUpload, parts: list[dict[str, Any]], size: int) -> None:
    """An answer that was lost may have been a yes: only the file itself tells."""

    def try_it() -> None:
        with suppress(client().exceptions.NoSuchUpload):
            client().complete_multipart_upload(**upload.where, MultipartUpload={"Parts": parts})
        if client().head_object(**name(upload.key))["ContentLength"] != size:
            raise BucketError(NOT_ALL)

    patiently(try_it, unwatched)


def put(path: Path, key: str, headers: dict[str, str], go_on: Watch) -> None:
    """Put a large file in parts; nothing is left of it when that fails."""
    size = path.stat().st_size
    upload = patiently(lambda: begin(key, size, headers), go_on)
    try:
        with path.open("rb") as file:
            parts = _send_all(upload, file, go_on)
        complete(upload, parts, size)
    except BaseException:
        with suppress(BucketError, FileNotFoundError), errors():
            client().abort_multipart_upload(**upload.where)
        raise


def _send_all(upload: PartUpload, file: BinaryIO, go_on: Watch) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    while piece := file.read(upload.part_bytes):
        go_on()
        parts.append(send_part(upload, len(parts) + 1, piece, go_on))
    return parts
