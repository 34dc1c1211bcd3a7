"""The stack of the end-to-end tests starts, answers and takes jobs."""

import time
import urllib.request

from tests.stack import Stack


def test_the_web_process_of_the_stack_answers(stack: Stack) -> None:
    with urllib.request.urlopen(f"{stack.url}/admin/login/") as answer:
        assert b"csrfmiddlewaretoken" in answer.read()


def test_the_worker_of_the_stack_registers_itself(stack: Stack) -> None:
    deadline = time.monotonic() + 20
    while "workers" not in (stats := stack.manage("rqstats")) or "0 workers" in stats:
        assert time.monotonic() < deadline, stack.log("worker")
        time.sleep(0.5)
