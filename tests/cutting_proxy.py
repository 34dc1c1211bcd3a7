"""A TCP proxy for tests, which can be slow, counts what clients send, and cuts connections."""

import socket
import threading
import time
from contextlib import suppress


class CuttingProxy:
    """From a port of its own to `target`; clients send at most `bytes_per_second` each."""

    def __init__(self, target: int, bytes_per_second: int) -> None:
        self._target = target
        self._pause = 65536 / bytes_per_second
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.sent = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """Break every connection off, at whatever byte it is."""
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._server.close()
        self.cut()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        self._open |= {client, server}
        back = threading.Thread(target=self._pass, args=(server, client, False), daemon=True)
        back.start()
        self._pass(client, server, True)
        back.join()
        for each in (client, server):
            self._open.discard(each)
            each.close()

    def _pass(self, source: socket.socket, target: socket.socket, is_sent: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
                if is_sent:
                    self.sent += len(piece)
                    time.sleep(self._pause * len(piece) / 65536)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
