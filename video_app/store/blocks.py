"""A file of the bucket in blocks, which are fetched once and kept on this machine for a while.

The chunks of a film are read by one process after the other, each with the index of the file
and a little more than its own part.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from video_app.pipeline.sentences import sentence
from video_app.store import local, s3
from video_app.store.interface import AwayError, Watch, unwatched
from video_app.store.s3 import BucketError, client, errors, patiently

BLOCK = 512 * 1024
# Blocks in one request, once somebody reads on.
AHEAD = 4
# Of all films together, on one machine.
KEPT_BYTES = 512 * 1024**2
FOLDER = "blocks"
# A bucket that sends less than a block in so many seconds is as good as away.
BLOCK_SECONDS = 60
NO_RANGES = sentence("The bucket does not answer byte ranges.")
TOO_LITTLE = sentence("The bucket has sent less than was asked for.")
TOO_SLOW = sentence("The bucket is too slow.")


class Blocks:
    """Of one file; `fault` is what kept the bucket from giving them."""

    def __init__(self, where: dict[str, str], watch: Watch = unwatched) -> None:
        """`FileNotFoundError` when there is no such file."""
        self._where = where
        self.fault: OSError | None = None
        self._is_stopped = False
        self._fetched = 0
        self._folder = local.path(FOLDER) / s3.md5(repr(sorted(where.items())).encode()).hexdigest()
        head = patiently(lambda: client().head_object(**where), watch)
        self.size: int = head["ContentLength"]
        self._etag: str = head["ETag"]
        self._folder.mkdir(parents=True, exist_ok=True)

    def stop(self) -> None:
        """Let nobody wait for the bucket any longer."""
        self._is_stopped = True
        _prune()

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` to before `end`, block by block."""
        number, last_missing = start // BLOCK, -2
        while number * BLOCK < end:
            content = self._kept(number)
            if content is None:
                # One at first: whoever jumps about does not want the next ones.
                count = AHEAD if last_missing == number - 1 else 1
                found = self._fetch(number, min(count, -(-end // BLOCK) - number))
                last_missing = number + len(found) - 1
                content = found[0]
            first = number * BLOCK
            yield content[max(0, start - first) : end - first]
            number += 1

    def _kept(self, number: int) -> bytes | None:
        path = self._folder / str(number)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        return content if len(content) == self._length(number, 1) else None

    def _length(self, number: int, count: int) -> int:
        return min(self.size, (number + count) * BLOCK) - number * BLOCK

    def _fetch(self, number: int, count: int) -> list[bytes]:
        """Blocks from the bucket, which are kept; `AwayError` when it does not give them.

        Nobody waits a second time: what is done with the file has failed.
        """
        if self.fault:
            raise self.fault
        try:
            content = patiently(lambda: self._range(number, count), self._watch)
        except OSError as error:
            self.fault = self.fault or error
            raise
        blocks = [content[at : at + BLOCK] for at in range(0, len(content), BLOCK)]
        for place, block in enumerate(blocks, number):
            self._keep(place, block)
        return blocks

    def _range(self, number: int, count: int) -> bytes:
        start, length = number * BLOCK, self._length(number, count)
        answer = client().get_object(
            **self._where, Range=f"bytes={start}-{start + length - 1}", IfMatch=self._etag
        )
        if not str(answer.get("ContentRange", "")).startswith(f"bytes {start}-"):
            answer["Body"].close()
            raise BucketError(NO_RANGES)
        content = _read_in_time(answer["Body"], length, self._watch)
        if len(content) != length:
            raise BucketError(TOO_LITTLE)
        return content

    def _keep(self, number: int, content: bytes) -> None:
        draft = self._folder / f"{uuid4().hex}.draft"
        with suppress(OSError):  # without room it is fetched again
            draft.write_bytes(content)
            draft.rename(self._folder / str(number))
        self._fetched += len(content)
        if self._fetched > KEPT_BYTES // 4:
            self._fetched = 0
            _prune()

    def _watch(self) -> None:
        if self._is_stopped:
            raise AwayError("Nobody reads any more.")


def _read_in_time(body: Any, length: int, watch: Watch) -> bytes:
    deadline, content = time.monotonic() + BLOCK_SECONDS, bytearray()
    with errors():
        while piece := body.read(min(64 * 1024, length - len(content)) or 1):
            content += piece
            if time.monotonic() > deadline:
                body.close()
                raise BucketError(TOO_SLOW)
            watch()
    return bytes(content)


def _prune() -> None:
    """Remove what was fetched longest ago, beyond what may be kept."""
    found = []
    for path in local.path(FOLDER).glob("*/*"):
        with suppress(FileNotFoundError):
            status = path.stat()
            found.append((status.st_mtime, status.st_size, path))
    total = 0
    for _, size, path in sorted(found, reverse=True):
        total += size
        if total > KEPT_BYTES:
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()
