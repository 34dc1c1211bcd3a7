"""A load balancer as plain as can be: connections go to the first machine that takes them."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count


@contextmanager
def balancing(port: int, targets: Sequence[int]) -> Iterator[None]:
    """Listen on a port of this machine; connections go to `targets` in turn."""
    with socket.create_server(("127.0.0.1", port), backlog=64) as listener:
        threading.Thread(target=_accept, args=(listener, targets), daemon=True).start()
        yield


def _accept(listener: socket.socket, targets: Sequence[int]) -> None:
    for turn in count():
        try:
            client = listener.accept()[0]
        except OSError:  # it is closed
            return
        order = [targets[(turn + at) % len(targets)] for at in range(len(targets))]
        threading.Thread(target=_pass_on, args=(client, order), daemon=True).start()


def _pass_on(client: socket.socket, targets: Sequence[int]) -> None:
    with client, _reached(targets) as server:
        threading.Thread(target=_copy, args=(client, server), daemon=True).start()
        _copy(server, client)


def _reached(targets: Sequence[int]) -> socket.socket:
    for port in targets:
        with suppress(OSError):
            server = socket.create_connection(("127.0.0.1", port), 5)
            server.settimeout(None)
            return server
    raise ConnectionError("no machine is there")


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
