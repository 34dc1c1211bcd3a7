"""Whole requests go to threads, and threads that idle give their database connections back."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from core.serving.arrival import HEAD_BYTES, Arrival, State
from core.serving.pool import IdlePool
from core.serving.worker import SteadyWorker
from tests.stack import Stack, running_stack

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


def arrive(*pieces: bytes, small: int = 100) -> State:
    """The state after the last piece."""
    arrival = Arrival(0, small)
    return [arrival.add(piece, 0, 60) for piece in pieces][-1]


@pytest.mark.parametrize(
    ("request_bytes", "state"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", State.WHOLE),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", State.INCOMPLETE),
        (HEAD + b"Content-Length: 3\r\n\r\nabc", State.WHOLE),
        (HEAD + b"content-length:3\r\n\r\nab", State.INCOMPLETE),
        (HEAD + b"Content-Length: 100\r\n\r\n", State.INCOMPLETE),
        (HEAD + b"Content-Length: 101\r\n\r\n", State.STREAMED),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", State.STREAMED),
        (HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", State.STREAMED),
        (HEAD + b"X-Note: content-length: 9\r\n\r\n", State.WHOLE),
        # gunicorn refuses these, and should do so at once.
        (HEAD + b"Content-Length: 3\r\nContent-Length: 9\r\n\r\n", State.WHOLE),
        (HEAD + b"Content-Length: -1\r\n\r\n", State.WHOLE),
        (b"x" * (HEAD_BYTES + 1), State.TOO_LONG),
    ],
)
def test_arrival_tells_where_a_request_ends(request_bytes: bytes, state: State) -> None:
    assert arrive(request_bytes) == state
    assert arrive(*(request_bytes[i : i + 1] for i in range(len(request_bytes)))) == state


def test_arrival_keeps_its_deadline_whatever_comes() -> None:
    arrival = Arrival(75, 100)

    for second in range(1, 12):
        arrival.add(b"x", second, 60)

    assert arrival.deadline == 1 + 15


def test_arrival_waits_no_longer_than_the_setting_says() -> None:
    arrival = Arrival(75, 100)

    arrival.add(b"x", 1, 4)

    assert arrival.deadline == 1 + 4


def test_pool_runs_as_many_tasks_as_it_has_threads() -> None:
    pool, gate = IdlePool(3, 5), threading.Event()
    futures = [pool.submit(gate.wait, 10) for _ in range(5)]

    assert pool.waiting == 2

    gate.set()
    assert [future.result(5) for future in futures] == [True] * 5


def test_pool_prefers_who_worked_last() -> None:
    pool, gate = IdlePool(8, 5), threading.Event()
    for future in [pool.submit(gate.wait, 10) for _ in range(8) if not gate.set()]:
        future.result(5)
    time.sleep(0.1)

    names = set()
    for _ in range(20):
        names.add(pool.submit(lambda: threading.current_thread().name).result(5))
        time.sleep(0.01)

    assert len(names) == 1


def test_pool_hands_an_error_to_whoever_asks() -> None:
    future = IdlePool(1, 5).submit(int, "nonsense")

    with pytest.raises(ValueError, match="nonsense"):
        future.result(5)


def test_pool_ends_its_idle_threads_and_starts_new_ones() -> None:
    before, pool = threading.active_count(), IdlePool(4, 0.1)
    for future in [pool.submit(time.sleep, 0.05) for _ in range(4)]:
        future.result(5)
    time.sleep(0.5)

    assert threading.active_count() <= before
    assert pool.submit(int, "7").result(5) == 7


def test_pool_loses_no_task_at_the_moment_of_ending() -> None:
    pool = IdlePool(2, 0.001)

    for number in range(300):
        assert pool.submit(int, str(number)).result(5) == number
        time.sleep(0.001)


class Reader:
    """Stands in for gunicorn's connection."""

    def __init__(self) -> None:
        self.sock, self.other_end = socket.socketpair()


@pytest.mark.parametrize(
    ("seconds", "waiting", "is_upload", "cut"),
    [(21, 1, False, 1), (19, 1, False, 0), (21, 0, False, 0), (21, 1, True, 0)],
    ids=["slow", "not slow yet", "nobody waits", "an upload"],
)
def test_worker_takes_a_thread_back_from_a_slow_reader(
    seconds: float, waiting: int, is_upload: bool, cut: int
) -> None:
    worker, reader = object.__new__(SteadyWorker), Reader()
    worker.tpool = SimpleNamespace(waiting=waiting)
    worker.busy, worker.streams = {reader: 100.0}, {reader} if is_upload else set()

    assert worker._take_threads_back(100.0 + seconds) == cut

    with reader.sock, reader.other_end:
        reader.other_end.setblocking(False)
        if cut:
            assert reader.other_end.recv(1) == b""
        else:
            with pytest.raises(BlockingIOError):
                reader.other_end.recv(1)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("serving")
    with running_stack(
        directory, worker=False, DB_CONN_MAX_AGE="2", THROTTLE_EMAIL_EXISTS="9999/min"
    ) as stack:
        yield stack


def web_processes(stack: Stack) -> list[int]:
    parent = stack.processes["web"].pid
    return [int(p) for p in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def database_connections(stack: Stack) -> int:
    url = stack.env["DATABASE_URL"]
    if not url.startswith("sqlite"):
        asked = "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()"
        with psycopg.connect(url) as connection:
            row = connection.execute(asked).fetchone()
        return int(row[0]) if row else 0
    folders = [Path(f"/proc/{pid}/fd") for pid in web_processes(stack)]
    return sum(_opens(path, "db.sqlite3") for folder in folders for path in folder.iterdir())


def _opens(link: Path, name: str) -> bool:
    try:
        return link.readlink().name == name
    except OSError:  # closed meanwhile
        return False


@pytest.mark.slow
def test_idle_threads_give_their_connections_back(stack: Stack) -> None:
    """A peak: what piles up while the processes stand still is served all at once."""
    request = b"GET /users/email-exists/?email=a@example.org HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    processes = web_processes(stack)
    with ExitStack() as clients:
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        peak = [
            clients.enter_context(socket.create_connection(("127.0.0.1", stack.port), timeout=20))
            for _ in range(120)
        ]
        for client in peak:
            client.sendall(request + b"Connection: close\r\n\r\n")
        for pid in processes:
            os.kill(pid, signal.SIGCONT)
        assert {client.recv(12) for client in peak} == {b"HTTP/1.1 200"}
        at_the_peak = database_connections(stack)

    deadline = time.monotonic() + 8
    while (left := database_connections(stack)) > 0 and time.monotonic() < deadline:
        time.sleep(0.25)

    assert at_the_peak > 4
    assert left == 0
