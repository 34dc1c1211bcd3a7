"""Calls that run at the same moment, for real: threads with connections of their own."""

import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

from django.db import connection


def in_threads(call: Callable[[], Any], count: int) -> list[Any]:
    """What `call` returns in so many threads that start together."""
    start = threading.Barrier(count)
    results = []

    def run() -> None:
        start.wait()
        try:
            results.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Meanwhile:
    """A call in another thread that begins now; `result` waits for its end."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._thread = threading.Thread(target=self._run, args=(call,))
        self._thread.start()
        time.sleep(0.3)  # time to run into a lock

    def _run(self, call: Callable[[], Any]) -> None:
        try:
            self._result = call()
        finally:
            connection.close()

    @property
    def result(self) -> Any:
        self._thread.join()
        return self._result


def raising(error: BaseException) -> Callable[..., NoReturn]:
    """A function that raises this error, whatever it is called with."""

    def fail(*_: Any, **__: Any) -> NoReturn:
        raise error

    return fail
