"""Which growing films are being watched, so that their next chunks are encoded first.

Kept in Redis only: without it nobody is known to watch, and films are encoded in turns.
"""

import logging

from django.core.cache import cache
from django_redis import get_redis_connection
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# Players ask for the playlist of a growing film once per segment, every six seconds.
WATCHED_SECONDS = 30
# One note per film and this many seconds is enough, whoever else asks.
NOTED_SECONDS = 5

WATCHED = "watched"

# The time is Redis's own: the clocks of web and worker machines may differ.
NOTE = """
redis.call('SET', KEYS[1], 1, 'EX', ARGV[2])
redis.call('ZADD', KEYS[2], redis.call('TIME')[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[3])
"""
RECENT = """
local oldest = redis.call('TIME')[1] - ARGV[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. oldest)
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""


def noted_key(video_id: int) -> str:
    """What lies in the cache under this key when a note was made a moment ago."""
    return f"{WATCHED}:{video_id}"


def note(video_id: int) -> None:
    """Remember that a playlist of this film was asked for just now: one round trip."""
    keys = cache.make_key(noted_key(video_id)), cache.make_key(WATCHED)
    kept = WATCHED_SECONDS + NOTED_SECONDS
    try:
        get_redis_connection("default").eval(NOTE, 2, *keys, video_id, NOTED_SECONDS, kept)
    except RedisError as error:
        logger.debug("watching_not_noted", extra={"video": video_id, "reason": str(error)})


def watched_now() -> set[int]:
    """The ids of the films whose playlist was asked for within 30 s; none without Redis."""
    # A film that is asked for all the time was noted this long ago at most.
    seconds = WATCHED_SECONDS + NOTED_SECONDS
    try:
        found = get_redis_connection("default").eval(RECENT, 1, cache.make_key(WATCHED), seconds)
    except RedisError as error:
        logger.debug("watching_unknown", extra={"reason": str(error)})
        return set()
    return {int(video_id) for video_id in found}
