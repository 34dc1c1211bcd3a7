"""Fixtures of the account tests."""

import copy
from typing import Any

import django_rq
import pytest
from redis import Redis
from rq import Queue

from tests.settings import PRODUCT_CACHE

DEAD = "redis://127.0.0.1:1/0"  # a port that nobody listens at


@pytest.fixture(autouse=True)
def _empty_queue(valkey: object) -> None:
    django_rq.get_queue("short").empty()


@pytest.fixture
def redis_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the cache nor the queues can be reached."""
    caches = {"default": copy.deepcopy(PRODUCT_CACHE)}
    caches["default"]["LOCATION"] = DEAD
    settings.CACHES = caches
    dead = Queue("short", connection=Redis.from_url(DEAD))
    monkeypatch.setattr(django_rq, "get_queue", lambda name: dead)
