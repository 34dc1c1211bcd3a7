"""gunicorn's threaded worker, whose threads get whole requests only.

gunicorn gives each connection a thread and lets it wait there for the rest of a request: a few
hundred clients that send a byte now and then stop a site. Here the event loop collects heads
and small bodies, each with a total deadline.
"""

import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from django.conf import settings
from gunicorn.workers.gthread import TConn

from core.serving.arrival import Arrival, State
from core.serving.connections import Connections, answer
from core.serving.pool import IdlePool

# Bodies that are collected at once by one process; beyond that they are streamed.
COLLECTED_BYTES = 64 * 1024**2
# While requests wait for a thread, one that has had its own for so long loses it.
SLOW_SECONDS = 20.0
TICK_SECONDS = 0.25
# Of the connections of one process, so many stay free for new ones.
ROOM = 100


class SteadyWorker(Connections):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Kept connections must not take the room of new ones.
        self.max_keepalived = self.worker_connections // 2
        self.busy: dict[TConn, float] = {}  # since when it has a thread, the longest first
        self.streams: set[TConn] = set()  # those of them whose body is still arriving
        self.next_tick = 0.0

    def get_thread_pool(self) -> IdlePool:
        idle = float(settings.DATABASES["default"]["CONN_MAX_AGE"])
        return IdlePool(self.cfg.threads, max(1.0, idle))

    # --- a request arrives --------------------------------------------------------------

    def enqueue_req(self, conn: TConn) -> None:
        """Called by gunicorn for a new connection, and for a kept one that says something."""
        is_short = sum(len(each.received) for each in self.arrivals.values()) > COLLECTED_BYTES
        small = 0 if is_short else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        self.arrivals[conn] = Arrival(time.monotonic() + self.cfg.keepalive, small)
        conn.sock.setblocking(False)
        if conn.initialized and (ahead := conn.parser.unreader.take_buffered()):
            self._add(conn, ahead)
        if conn in self.arrivals:
            self._read(conn)
        if conn in self.arrivals:
            self.watch(conn, self._read)

    def _read(self, conn: TConn, _fileobj: Any = None) -> None:
        if conn not in self.arrivals:  # gone since the poller saw it
            return
        piece = self.read(conn)
        if piece is None:
            return
        if piece:
            self._add(conn, piece)
        elif self.arrivals[conn].has_head:
            self._serve(conn)  # the rest of the body never comes, which is the view's to tell
        else:
            self.close_connection(conn)

    def _add(self, conn: TConn, piece: bytes) -> None:
        arrival = self.arrivals[conn]
        match arrival.add(piece, time.monotonic(), settings.WEB_STALL_SECONDS):
            case State.WHOLE:
                self._serve(conn)
            case State.STREAMED if len(self.streams) < self.cfg.threads // 2:
                self.streams.add(conn)
                self._serve(conn)
            case State.STREAMED:
                self.refuse(conn, "503 Service Unavailable", "Too many uploads at once.")
            case State.TOO_LONG:
                self.refuse(conn, "431 Request Header Fields Too Large", "Too long a head.")

    def _serve(self, conn: TConn) -> None:
        arrival = self.arrivals.pop(conn)
        self.unwatch(conn)
        conn.data_ready = True
        conn.init()
        conn.parser.unreader.unread(bytes(arrival.received))
        self.busy[conn] = time.monotonic()
        super().enqueue_req(conn)

    # --- a thread serves it -------------------------------------------------------------

    def handle_request(self, req: Any, conn: TConn) -> Any:
        hosts = [value for name, value in req.headers if name == "HOST"]
        if req.version >= (1, 1) and not any(hosts):  # RFC 9112, section 3.2
            conn.sock.sendall(answer("400 Bad Request", "A Host header is needed."))
            return False
        return super().handle_request(req, conn)

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        self.busy.pop(conn, None)
        self.streams.discard(conn)
        if not fs.cancelled() and fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
        else:
            self.linger(conn)

    # --- time passes --------------------------------------------------------------------

    def murder_pending(self) -> None:
        """Called by gunicorn's event loop, at least once a second."""
        now = time.monotonic()
        if now < self.next_tick:
            return
        self.next_tick = now + TICK_SECONDS
        late = [conn for conn, arrival in self.arrivals.items() if self._is_late(arrival, now)]
        excess = self.nr_conns - self.worker_connections + ROOM
        late += [conn for conn in self.arrivals if conn not in late][: max(0, excess - len(late))]
        for conn in late:
            self.close_connection(conn)
        for conn in [conn for conn, (deadline, _) in self.lingering.items() if deadline < now]:
            self.close_connection(conn)
        cut = self._take_threads_back(now)
        if late or cut:
            self.log.info("slow_clients_cut_off", extra={"arriving": len(late), "served": cut})

    def _is_late(self, arrival: Arrival, now: float) -> bool:
        """A stopping process does not wait for those who have not said anything yet."""
        return arrival.deadline < now or not (self.alive or arrival.received)

    def _take_threads_back(self, now: float) -> int:
        """Cut off who has had a thread for longest, as long as others wait for one."""
        slow = [
            conn
            for conn, since in self.busy.items()
            if now - since > SLOW_SECONDS and conn not in self.streams
        ]
        cut = slow[: self.tpool.waiting]
        for conn in cut:
            del self.busy[conn]
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RDWR)
        return len(cut)
