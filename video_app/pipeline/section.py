"""A byte range of an open file as a file of its own."""

import io
import os
from typing import Any, BinaryIO


class Section(io.RawIOBase):
    """For reading from `start` to before `end`; positions count from `start`."""

    def __init__(self, file: BinaryIO, start: int, end: int | None) -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END)
        self._start = min(start, size)
        self._length = max(0, min(size, size if end is None else end) - self._start)
        self.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell() - self._start

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell(), os.SEEK_END: self._length}[whence]
        return self._file.seek(self._start + max(0, base + offset)) - self._start

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(max(0, min(len(buffer), self._length - self.tell())))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()
