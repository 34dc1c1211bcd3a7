"""The store: everything that is no database row is a file under a key.

Two stores keep this contract, `local.LocalStore` and `bucket.BucketStore`;
`tests/test_store_contract.py` runs the same cases against both.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

Watch = Callable[[], None]
# A file here, and the key that it is to have.
File = tuple[Path, str]


def unwatched() -> None:
    """For transfers that nobody wants to stop."""


class AwayError(OSError):
    """The storage is away, or is not ours: no fault of any film."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies directly under a prefix. `modified` is in seconds since 1970, of a folder 0."""

    key: str
    size: int = 0
    modified: float = 0.0
    is_folder: bool = False


class Uploads(Protocol):
    """Files that come piece by piece, straight to where they will lie, whoever receives the rest.
    Errors are those of the store."""

    # Written and counted together: what a killed process loses at most.
    piece_bytes: int
    # Whether bytes may be written that perhaps will not count.
    can_take_back: bool

    def begin(self, key: str) -> None:
        """Have an empty file, or what has come of one."""
        ...

    def size(self, key: str) -> int:
        """Bytes that have come, or of the finished file."""
        ...

    def append(self, key: str, offset: int, piece: bytes | bytearray) -> None:
        """Write at `offset`, which is where the bytes that count end. What has come behind it
        without being counted is the same part of the same file."""
        ...

    def sync(self, key: str) -> None:
        """Have what was written reach the disk."""
        ...

    def finish(self, key: str, length: int) -> None:
        """Have the whole file for good, and nothing behind its end. May be repeated."""
        ...

    def abort(self, key: str) -> None:
        """Remove what has come, finished or not. May be repeated."""
        ...

    def sweep(self, held: Collection[str]) -> None:
        """Remove what was begun long ago and never finished, but for the keys that are `held`:
        somebody may go on with these for longer."""
        ...


class Store(Protocol):
    """Errors are `OSError`s: `FileNotFoundError` for what is not there, `AwayError` when the
    storage itself is at fault. `watch` is called about once a second and stops by raising."""

    # Whether `put` only renames, so that a database lock may be held meanwhile. Else files
    # are put first, under keys that nobody else writes, and a row says later which they are.
    puts_at_once: bool
    uploads: Uploads

    # --- reading
    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """A file for reading, or its bytes from `start` to before `end`."""
        ...

    def size(self, key: str) -> int:
        """Bytes of a file."""
        ...

    def sizes(self, prefix: str) -> dict[str, int]:
        """Key → bytes of every file under a prefix, however deep."""
        ...

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """What lies directly under a prefix, in no order."""
        ...

    def source(self, *keys: str, watch: Watch = unwatched) -> AbstractContextManager[str]:
        """What ffmpeg and PyAV can seek in while the context lasts, a path or a URL: the first
        of these files that is there."""
        ...

    def folder(
        self, keys: Sequence[str], *, watch: Watch = unwatched
    ) -> AbstractContextManager[Path]:
        """A local folder in which these files lie under their last names, only to be read."""
        ...

    def url(self, key: str, seconds: int) -> str:
        """A link that anybody may fetch for so long; "" when web has to send the bytes."""
        ...

    # --- writing
    def put(self, files: Iterable[File], *, watch: Watch = unwatched) -> None:
        """Have local files under their keys, each whole or not at all, safe from a power cut.
        The local ones may be gone afterwards."""
        ...

    def remove(self, key: str) -> None:
        """Remove a file, or all that lies under a prefix; nothing is no error."""
        ...

    def move(self, key: str, target: str) -> None:
        """Give a file, or all that lies under a prefix, other keys."""
        ...
