"""The store: everything that is no database row is a file under a key.

Two stores keep this contract, `local.LocalStore` and `bucket.BucketStore`;
`tests/test_store_contract.py` runs the same cases against both.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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


class OffsetError(ValueError):
    """An upload does not go on where the sender believes; `offset` is how far it has come."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"The upload has come as far as byte {offset}.")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies directly under a prefix. `modified` is in seconds since 1970, of a folder 0."""

    key: str
    size: int = 0
    modified: float = 0.0
    is_folder: bool = False


class Store(Protocol):
    """Errors are `OSError`s: `FileNotFoundError` for what is not there, `AwayError` when the
    storage itself is at fault. `watch` is called about once a second and stops by raising."""

    # Whether `put` only renames, so that a database lock may be held meanwhile. Else files
    # are put first, under keys that nobody else writes, and a row says later which they are.
    puts_at_once: bool

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

    def source(self, key: str) -> AbstractContextManager[str]:
        """What ffmpeg and PyAV can seek in while the context lasts: a path or a URL."""
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

    def work_folder(self, prefix: str) -> AbstractContextManager[Path]:
        """A new local folder to write in, gone afterwards, whatever happens."""
        ...

    def sweep(self) -> None:
        """Remove what transfers have left that were broken off long ago."""
        ...
