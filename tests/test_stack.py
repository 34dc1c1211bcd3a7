"""The stack of the end-to-end tests starts, answers and takes jobs."""

import time
import urllib.error
import urllib.request

from tests.stack import Stack


def test_the_web_process_of_the_stack_answers(stack: Stack) -> None:
    with urllib.request.urlopen(f"{stack.url}/admin/login/") as answer:
        assert b"csrfmiddlewaretoken" in answer.read()


def test_the_stack_is_healthy_within_seconds(stack: Stack) -> None:
    deadline = time.monotonic() + 20
    while b'"down"' in (report := _health(stack)):
        assert time.monotonic() < deadline, report
        time.sleep(0.2)


def _health(stack: Stack) -> bytes:
    try:
        with urllib.request.urlopen(f"{stack.url}/health/") as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return error.read()
