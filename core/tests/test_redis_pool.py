"""When Redis is away, the cache stops asking for a moment, and says so once."""

import time

import pytest
import redis

from core import redis_pool


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> redis_pool.PausingPool:
    monkeypatch.setattr(redis_pool, "PAUSE_SECONDS", 0.2)
    return redis_pool.PausingPool(host="127.0.0.1", port=1)


def test_fails_at_once_during_pause(pool: redis_pool.PausingPool):
    with pytest.raises(redis.ConnectionError, match="refused"):
        pool.get_connection()

    with pytest.raises(redis.ConnectionError, match="a moment ago"):
        pool.get_connection()


def test_asks_again_after_pause(pool: redis_pool.PausingPool):
    with pytest.raises(redis.ConnectionError):
        pool.get_connection()

    time.sleep(0.25)

    with pytest.raises(redis.ConnectionError, match="refused"):
        pool.get_connection()


def test_logs_one_line_per_pause(pool: redis_pool.PausingPool, caplog: pytest.LogCaptureFixture):
    for _ in range(5):
        with pytest.raises(redis.ConnectionError):
            pool.get_connection()

    assert [record.message for record in caplog.records] == ["redis_away"]
