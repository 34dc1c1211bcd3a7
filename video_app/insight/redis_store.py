"""Where viewings are kept while they go on: hashes in Redis, which may forget them."""

import logging
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django_redis import get_redis_connection
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# A viewing of which nothing was heard for so long is over; what follows is another one.
GAP_SECONDS = 30 * 60
KEPT_SECONDS = 2 * 3600
# More at once are not measured: the memory of Redis is for more important things.
MAX_VIEWINGS = 50_000

SEGMENTS, START, REPORT = "seen", "start", "report"
REPORTED, CHANGED = "reported", "viewings"
# A script of Redis with its keys and arguments.
Call = tuple[str, list[str], list[Any]]


def identity(viewer: str, video_id: int, playback: str = "") -> str:
    """A name for one viewer's watching of one film: a keyed hash, which leads back to nobody."""
    text = f"{viewer} {video_id} {playback}".encode()
    key = settings.SECRET_KEY.encode()[:64]
    return blake2b(text, digest_size=16, key=key, person=b"viewing").hexdigest()


def key(kind: str, name: str = "") -> str:
    return str(cache.make_key(f"insight:{kind}:{name}"))


def connection() -> Any:
    return get_redis_connection("default")


def run_all(calls: Sequence[Call]) -> None:
    """Run the scripts in one round trip. Without Redis nothing is measured."""
    try:
        pipeline = connection().pipeline(transaction=False)
        for script, keys, arguments in calls:
            pipeline.eval(script, len(keys), *keys, *arguments)
        pipeline.execute()
    except RedisError as error:
        logger.debug("viewing_not_noted", extra={"reason": str(error)})
