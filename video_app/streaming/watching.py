"""Which growing films are being watched, and how far, so that their next chunks are encoded
first.

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
FURTHEST = "watched-furthest"

# The time is Redis's own: the clocks of web and worker machines may differ. Who comes to a film
# that nobody watched any more is its furthest viewer.
NOTE = """
local segment = tonumber(ARGV[4])
if redis.call('ZADD', KEYS[2], redis.call('TIME')[1], ARGV[1]) == 0 then
  segment = math.max(segment, tonumber(redis.call('ZSCORE', KEYS[3], ARGV[1]) or 0))
end
redis.call('ZADD', KEYS[3], segment, ARGV[1])
redis.call('SET', KEYS[1], segment, 'EX', ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[3])
"""
# A flat list: film, segment, film, segment, …
RECENT = """
local oldest = redis.call('TIME')[1] - ARGV[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. oldest)
local found = {}
for _, film in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  table.insert(found, film)
  table.insert(found, redis.call('ZSCORE', KEYS[2], film) or '0')
end
return found
"""


def noted_key(video_id: int) -> str:
    """Under this key lies the furthest segment, when a note was made a moment ago."""
    return f"{WATCHED}:{video_id}"


def note(video_id: int, segment: int = 0) -> None:
    """Remember that a playlist of this film, or a segment, was asked for just now: one round
    trip."""
    keys = [cache.make_key(name) for name in (noted_key(video_id), WATCHED, FURTHEST)]
    kept = WATCHED_SECONDS + NOTED_SECONDS
    try:
        redis = get_redis_connection("default")
        redis.eval(NOTE, len(keys), *keys, video_id, NOTED_SECONDS, kept, segment)
    except RedisError as error:
        logger.debug("watching_not_noted", extra={"video": video_id, "reason": str(error)})


def watched_now() -> set[int]:
    """The ids of the films that were asked for within 30 s; none without Redis."""
    return set(furthest())


def furthest() -> dict[int, int]:
    """The same, with the furthest segment that somebody has come to."""
    # A film that is asked for all the time was noted this long ago at most.
    seconds = WATCHED_SECONDS + NOTED_SECONDS
    keys = cache.make_key(WATCHED), cache.make_key(FURTHEST)
    try:
        found = get_redis_connection("default").eval(RECENT, 2, *keys, seconds)
    except RedisError as error:
        logger.debug("watching_unknown", extra={"reason": str(error)})
        return {}
    return {int(film): int(segment) for film, segment in zip(found[::2], found[1::2], strict=True)}
