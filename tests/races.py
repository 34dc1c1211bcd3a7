"""Things that happen at the same moment: in threads, or one exactly before another."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection


def doing_before(
    monkeypatch: pytest.MonkeyPatch, place: Any, name: str, action: Callable[[], Any]
) -> None:
    """`action` comes between whatever went before and the first call of `place.name`."""
    function, left = getattr(place, name), [action]

    def overtaken(*args: Any, **options: Any) -> Any:
        if left:
            left.pop()()
        return function(*args, **options)

    monkeypatch.setattr(place, name, overtaken)


def in_threads_at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls return, which start together, each with a connection of its own."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        start.wait(20)
        try:
            results[number] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
