"""Viewings of players that report nothing, inferred from the segments that they ask for."""

import time
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest

from video_app.insight import cmcd
from video_app.insight.opt_out import is_measured
from video_app.insight.recorder import recorder
from video_app.insight.redis_store import (
    CHANGED,
    GAP_SECONDS,
    KEPT_SECONDS,
    MAX_VIEWINGS,
    SEGMENTS,
    Call,
    identity,
    key,
)
from video_app.models.watching import PARTS

# nginx answers bursts without asking us: a small step forward has passed what lies between.
STEP = 10

# Redis's numbers are doubles; a mask of 20 bits fits.
NOTE = """
local at, number = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'last', 'number', 'mask')
if known[1] and at - tonumber(known[1]) > tonumber(ARGV[7]) then
    redis.call('DEL', KEYS[1])
    known = {false, false, false}
end
local first = number
if not known[1] then
    if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[9]) then return end
    redis.call('HSET', KEYS[1], 'began', at, 'video', ARGV[3], 'total', ARGV[4],
               'length', ARGV[5], 'reporter', ARGV[10])
else
    local step = number - tonumber(known[2])
    if step > 0 and step <= tonumber(ARGV[8]) then first = tonumber(known[2]) + 1 end
    if step == 0 then first = number + 1 end
end
local mask = tonumber(known[3] or 0)
for each = first, number do
    local parts = tonumber(ARGV[6]) / tonumber(ARGV[4])
    local from = math.floor(each * parts)
    for part = from, math.max(from, math.ceil((each + 1) * parts) - 1) do
        mask = bit.bor(mask, bit.lshift(1, part))
    end
end
redis.call('HINCRBY', KEYS[1], 'count', number - first + 1)
redis.call('HINCRBY', KEYS[1], 'stalls', ARGV[11])
if ARGV[12] ~= '' then redis.call('HSETNX', KEYS[1], 'startup', ARGV[12]) end
redis.call('HSET', KEYS[1], 'last', at, 'number', number, 'mask', mask, 'request', ARGV[13])
redis.call('EXPIRE', KEYS[1], ARGV[14])
redis.call('ZADD', KEYS[2], at, KEYS[1])
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a rendition that was sent."""

    viewer: str
    video: int
    number: int
    total: int  # segments of the film
    length: float  # average seconds of a segment
    told: cmcd.Told
    request_id: str
    at: float = field(default_factory=time.time)

    def call(self) -> Call:
        name = identity(self.viewer, self.video, self.told.session)
        startup = "" if self.told.startup is None else self.told.startup
        keys = [key(SEGMENTS, name), key(CHANGED)]
        return NOTE, keys, [
            *(self.at, self.number, self.video, self.total, self.length, PARTS),
            *(GAP_SECONDS, STEP, MAX_VIEWINGS, identity(self.viewer, self.video)),
            *(int(self.told.is_starved), startup, self.request_id, KEPT_SECONDS),
        ]  # fmt: skip


def note(
    request: HttpRequest, viewer: str, video_id: int, number: int, film: tuple[int, float]
) -> None:
    """Remember that this viewer was sent a segment; `film` is its segments and their seconds.

    Trick play asks for byte ranges of segments, which is no watching.
    """
    if not (viewer and film[0] and is_measured(request) and _is_whole(request)):
        return
    told = cmcd.told(request)
    request_id = request.META.get("HTTP_X_REQUEST_ID", "")
    recorder.add(Segment(viewer, video_id, number, *film, told, request_id))


def _is_whole(request: HttpRequest) -> bool:
    """A HEAD is nginx's question for the right to send the segment itself."""
    is_sent = request.method == "GET" or settings.MEDIA_ACCEL == "nginx"
    return is_sent and request.META.get("HTTP_RANGE", "bytes=0-") == "bytes=0-"
