"""The connections of a worker: which of them the event loop watches, and how they end."""

import json
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from core.serving.arrival import Arrival

READ_BYTES = 64 * 1024
# How long, and how far, a refused client's bytes are thrown away, so that it reads the answer.
LINGER_SECONDS, LINGER_BYTES = 2.0, 4 * 1024**2


class Connections(ThreadWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrivals: dict[TConn, Arrival] = {}
        self.lingering: dict[TConn, tuple[float, int]] = {}  # deadline, bytes still read
        self.watched: set[TConn] = set()

    def read(self, conn: TConn) -> bytes | None:
        """What has come; b"" at the end of the connection, None when nothing has."""
        try:
            return bytes(conn.sock.recv(READ_BYTES))
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def refuse(self, conn: TConn, status: str, detail: str) -> None:
        with suppress(OSError):
            conn.sock.send(answer(status, detail))
        self.linger(conn)

    def linger(self, conn: TConn) -> None:
        """Throw away what still comes, or the kernel would take the answer back (RST).

        gunicorn does so in the event loop, which nobody else is served by meanwhile.
        """
        self.arrivals.pop(conn, None)
        self.unwatch(conn)
        self.lingering[conn] = (time.monotonic() + LINGER_SECONDS, LINGER_BYTES)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            self.close_connection(conn)
            return
        self._drain(conn)
        if conn in self.lingering:
            self.watch(conn, self._drain)

    def _drain(self, conn: TConn, _fileobj: Any = None) -> None:
        if conn not in self.lingering:
            return
        piece = self.read(conn)
        if piece is None:
            return
        deadline, left = self.lingering[conn]
        self.lingering[conn] = (deadline, left - len(piece))
        if not piece or left <= len(piece):
            self.close_connection(conn)

    def close_connection(self, conn: TConn) -> None:
        self.arrivals.pop(conn, None)
        self.lingering.pop(conn, None)
        self.unwatch(conn)
        self.nr_conns -= 1
        conn.close()

    def watch(self, conn: TConn, handler: Callable[..., None]) -> None:
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(handler, conn))
        self.watched.add(conn)

    def unwatch(self, conn: TConn) -> None:
        if conn in self.watched:
            self.watched.remove(conn)
            self.poller.unregister(conn.sock)


def answer(status: str, detail: str) -> bytes:
    body = json.dumps({"detail": detail}).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
