"""A request on its way in: when it is whole, and until when it has to be."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto

# A whole head has to arrive within so many seconds of its first byte, and a small body within
# so many more, however steadily single bytes come.
HEAD_SECONDS, BODY_SECONDS = 15.0, 45.0
# gunicorn allows lines of 8 KB; a browser's largest heads are cookies, of 4 KB each.
HEAD_BYTES = 64 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
_STREAM = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)


class State(Enum):
    INCOMPLETE = auto()
    WHOLE = auto()
    STREAMED = auto()  # the head is there; the body is read by whoever serves the request
    TOO_LONG = auto()


@dataclass(slots=True)
class Arrival:
    """What has arrived of one request; bodies up to `small` bytes are waited for here.

    Only where a request ends is looked for. Whether it is a valid one is gunicorn's to say.
    """

    deadline: float
    small: int
    received: bytearray = field(default_factory=bytearray)
    _ends: int = 0  # where the whole request ends; 0 as long as the head is incomplete

    def add(self, piece: bytes, now: float, patience: float) -> State:
        """Take another piece; `patience` bounds both deadlines, in seconds."""
        if not self.received:
            self.deadline = now + min(HEAD_SECONDS, patience)
        seen = max(0, len(self.received) - len(_END))
        self.received += piece
        if not self._ends:
            end = self.received.find(_END, seen)
            if end < 0:
                return State.TOO_LONG if len(self.received) > HEAD_BYTES else State.INCOMPLETE
            length = _body_length(bytes(self.received[: end + 2]))
            if length is None or length > self.small:
                return State.STREAMED
            self._ends = end + len(_END) + length
            self.deadline = now + min(BODY_SECONDS, patience * 3)
        return State.WHOLE if len(self.received) >= self._ends else State.INCOMPLETE

    @property
    def has_head(self) -> bool:
        return bool(self._ends)


def _body_length(head: bytes) -> int | None:
    """Bytes of the body; None when they cannot be told or are not to be waited for."""
    if _STREAM.search(head):
        return None
    lengths = _LENGTH.findall(head)
    return int(lengths[0]) if len(lengths) == 1 else 0
