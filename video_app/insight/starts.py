"""Viewings of silent players that fetch a bucket's addresses: only their start is seen here."""

import time
from dataclasses import dataclass, field

from django.http import HttpRequest

from video_app.insight import cmcd
from video_app.insight.opt_out import is_measured
from video_app.insight.recorder import recorder
from video_app.insight.redis_store import (
    CHANGED,
    GAP_SECONDS,
    KEPT_SECONDS,
    MAX_VIEWINGS,
    START,
    Call,
    identity,
    key,
)

# A player that changes the quality asks for another playlist in the middle of the film.
NOTE = """
local at = tonumber(ARGV[1])
local last = redis.call('HGET', KEYS[1], 'last')
if last and at - tonumber(last) > tonumber(ARGV[3]) then
    redis.call('DEL', KEYS[1])
    last = false
end
if not last then
    if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then return end
    redis.call('HSET', KEYS[1], 'began', at, 'video', ARGV[2], 'reporter', ARGV[5])
end
redis.call('HSET', KEYS[1], 'last', at, 'request', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('ZADD', KEYS[2], at, KEYS[1])
"""


@dataclass(frozen=True, slots=True)
class Start:
    """A playlist of a bucket's addresses that was sent, or a redirect to one of them."""

    viewer: str
    video: int
    seconds: float  # of the whole film
    session: str
    request_id: str
    at: float = field(default_factory=time.time)

    def call(self) -> Call:
        keys = [key(START, identity(self.viewer, self.video, self.session)), key(CHANGED)]
        silence = GAP_SECONDS + self.seconds
        return NOTE, keys, [
            *(self.at, self.video, silence, MAX_VIEWINGS, identity(self.viewer, self.video)),
            *(self.request_id, int(silence) + KEPT_SECONDS),
        ]  # fmt: skip


def note(request: HttpRequest, viewer: str, video_id: int, seconds: float) -> None:
    """Remember that this viewer has begun or goes on with a film of `seconds`."""
    if not viewer or request.method != "GET" or not is_measured(request):
        return
    request_id = request.META.get("HTTP_X_REQUEST_ID", "")
    session = cmcd.told(request).session
    recorder.add(Start(viewer, video_id, seconds, session, request_id))
