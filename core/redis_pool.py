"""The cache's connections to Redis: when it is away, they stop asking for a moment."""

import logging
import time
from typing import Any

import redis

logger = logging.getLogger(__name__)

# Without the pause every request would wait for several time-outs, one per question.
PAUSE_SECONDS = 2.0


class PausingPool(redis.ConnectionPool):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._paused_until = 0.0

    def resume(self) -> None:
        """Ask again at once."""
        self._paused_until = 0.0

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self._paused_until:
            raise redis.ConnectionError("Redis was away a moment ago.")
        try:
            return super().get_connection(*args, **kwargs)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            logger.error("redis_away", extra={"reason": str(error)})
            raise
