"""Viewings as players report them: counters since the beginning, so that a lost report costs
nothing and a repeated one changes nothing."""

import json
import time
from typing import Any

from video_app.insight.redis_store import (
    CHANGED,
    KEPT_SECONDS,
    MAX_VIEWINGS,
    REPORT,
    REPORTED,
    identity,
    key,
    run_all,
)

# One viewer begins one film so often in a day; what comes then is no watching.
MAX_BEGUN = 50

# The highest sequence counts, whatever comes late or twice. The mark keeps the same viewing
# from being inferred from its segments as well.
KEEP = """
local known = redis.call('HMGET', KEYS[1], 'sequence', 'began')
redis.call('SET', KEYS[3], 1, 'EX', ARGV[5])
if known[1] and tonumber(known[1]) >= tonumber(ARGV[1]) then return end
if not known[1] then
    if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[6]) then return end
    local begun = redis.call('INCR', KEYS[4])
    redis.call('EXPIRE', KEYS[4], 86400)
    if begun > tonumber(ARGV[7]) then return end
    redis.call('HSET', KEYS[1], 'began', ARGV[2], 'video', ARGV[3])
end
redis.call('HSET', KEYS[1], 'sequence', ARGV[1], 'last', ARGV[2], 'told', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[8])
redis.call('ZADD', KEYS[2], ARGV[2], KEYS[1])
"""


def keep(viewer: str, video_id: int, report: dict[str, Any]) -> None:
    """Keep the newest state of a viewing; `report` was checked. Staff (no viewer) do not count."""
    if not viewer:
        return
    told = {name: value for name, value in report.items() if name not in _ABOUT}
    watching = identity(viewer, video_id)
    name = identity(viewer, video_id, f"report {report['viewing']}")
    keys = [key(REPORT, name), key(CHANGED), key(REPORTED, watching), key("begun", watching)]
    arguments = [report["sequence"], time.time(), video_id, json.dumps(told)]
    bounds = [KEPT_SECONDS, MAX_VIEWINGS, MAX_BEGUN, KEPT_SECONDS]
    run_all([(KEEP, keys, [*arguments, *bounds])])


_ABOUT = ("viewing", "video", "sequence", "link")
