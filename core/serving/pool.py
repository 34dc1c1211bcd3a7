"""Threads that end when they idle, so that their database connections are given back."""

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from django.db import connections

Task = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]
Inbox = queue.SimpleQueue[Task | None]


class IdlePool:
    """Like `ThreadPoolExecutor`, but who worked last works next, and who idles for long ends.

    `ThreadPoolExecutor` takes turns, so that after a peak every thread would go on being used
    now and then, each with a connection of its own.
    """

    def __init__(self, size: int, idle_seconds: float) -> None:
        self._size = size
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._idle: list[Inbox] = []
        self._waiting: deque[Task] = deque()
        self._threads = 0

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        task = (future, function, arguments)
        with self._lock:
            if self._idle:
                self._idle.pop().put(task)
            elif self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._work, args=(task,), daemon=True).start()
            else:
                self._waiting.append(task)
        return future

    @property
    def waiting(self) -> int:
        """Tasks for which no thread is free."""
        return len(self._waiting)

    def shutdown(self, wait: bool = True) -> None:
        """Let the idle threads end; the others end with their process."""
        with self._lock:
            while self._idle:
                self._idle.pop().put(None)

    def _work(self, first: Task) -> None:
        inbox: Inbox = queue.SimpleQueue()
        task: Task | None = first
        try:
            while task is not None:
                _run(*task)
                task = self._next(inbox)
        finally:
            connections.close_all()

    def _next(self, inbox: Inbox) -> Task | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.append(inbox)
        try:
            return inbox.get(timeout=self._idle_seconds)
        except queue.Empty:
            return self._leave(inbox)

    def _leave(self, inbox: Inbox) -> Task | None:
        """None when this thread may end; a task that came at the last moment otherwise."""
        with self._lock:
            if inbox in self._idle:
                self._idle.remove(inbox)
                self._threads -= 1
                return None
        return inbox.get()


def _run(future: Future[Any], function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        future.set_result(function(*arguments))
    except BaseException as error:  # noqa: BLE001 - it belongs to whoever asks the future
        future.set_exception(error)
