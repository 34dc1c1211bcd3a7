"""What stands between ffmpeg and a bucket: a server on this machine for one file.

ffmpeg and PyAV seek in a file of the bucket by asking `http://127.0.0.1:<port>/<secret>` for
byte ranges. The reader fetches blocks of it with the bucket's own client, keeps them for the
next chunk, waits while the bucket is away, and remembers what went wrong. So a media file can
lead to no other address, no signed link gets into a message or ends too early, and a fault of
the bucket is never taken for one of the film.
"""

import re
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from video_app.pipeline.errors import EncodeError, PipelineError
from video_app.store.blocks import Blocks
from video_app.store.interface import AwayError

RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")
# What a player of files has read ahead when it seeks away was fetched for nothing.
SEND_BUFFER = 64 * 1024


@contextmanager
def reading(blocks: Blocks) -> Iterator[str]:
    """The address at which a file of the bucket can be read for as long as this lasts.

    A fault of the bucket meanwhile ends in an `AwayError`, whatever ffmpeg made of it.
    """
    server = _Server(blocks)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.url
    except (EncodeError, PipelineError, OSError) as error:
        if blocks.fault:
            raise blocks.fault from error
        raise
    finally:
        blocks.stop()
        server.shutdown()
        server.server_close()
    if blocks.fault:
        raise blocks.fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.blocks = blocks
        self.path = f"/{secrets.token_urlsafe(16)}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{self.path}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def do_HEAD(self) -> None:
        if self._is_right():
            self._head(200, {"Content-Length": str(self.server.blocks.size)})

    def do_GET(self) -> None:
        if not self._is_right():
            return
        size = self.server.blocks.size
        match = RANGE.fullmatch(self.headers.get("Range", "bytes=0-"))
        start, end = (int(match[1]), int(match[2] or size - 1) + 1) if match else (0, size)
        if start >= size:
            self._head(416, {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
            return
        end = min(end, size)
        span = {"Content-Range": f"bytes {start}-{end - 1}/{size}"}
        self._head(206, span | {"Content-Length": str(end - start)})
        self._send(start, end)

    def _is_right(self) -> bool:
        if secrets.compare_digest(self.path, self.server.path):
            return True
        self._head(404, {"Content-Length": "0"})
        return False

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in (headers | {"Accept-Ranges": "bytes", "Connection": "close"}).items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True

    def _send(self, start: int, end: int) -> None:
        # Whoever asked has read enough, or learns from the cut that there is no more.
        with suppress(AwayError, FileNotFoundError, ConnectionError):
            for piece in self.server.blocks.read(start, end):
                self.wfile.write(piece)

    def log_message(self, format: str, *args: Any) -> None:
        """The address holds a secret."""
