"""Fixtures of the account tests."""

import django_rq
import pytest


@pytest.fixture(autouse=True)
def _empty_queue(valkey: object) -> None:
    django_rq.get_queue("short").empty()
