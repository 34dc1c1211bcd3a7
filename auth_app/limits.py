"""Counting what is done too often, in Redis, shared by all processes."""

import hashlib
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

# The account's own limits: a burst, and patience.
ACCOUNT_SCOPES = ("account", "account_long")
SECONDS = (
    dict.fromkeys(("s", "sec", "second"), 1)
    | dict.fromkeys(("m", "min", "minute"), 60)
    | dict.fromkeys(("h", "hour"), 3600)
    | dict.fromkeys(("d", "day"), 86_400)
)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in a window that opens with the first."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, rate: str) -> "Limit":
        """From "20/min"; `ValueError` for what is none."""
        count, _, unit = rate.partition("/")
        if unit not in SECONDS:
            raise ValueError(f"{rate!r} is not a rate")
        return cls(int(count), SECONDS[unit])


def hit(scope: str, who: str) -> int:
    """Count one; the seconds to wait when that was one too many, else 0.

    Without Redis nothing is limited: signing in must go on.
    """
    limit = Limit.parse(settings.THROTTLE_RATES[scope])
    key = _key(scope, who)
    if cache.add(key, 1, timeout=limit.seconds) is not False:
        return 0  # the first, or (None) Redis is away
    try:
        count = cache.incr(key)
    except ValueError:  # the window closed just now
        return 0
    if count is None or count <= limit.count:
        return 0
    return int(cache.ttl(key) or 1)  # type: ignore[attr-defined]  # django-redis has it


def forget(scope: str, who: str) -> None:
    cache.delete(_key(scope, who))


def client_address(request: HttpRequest) -> str:
    """The client's address: the peer's, or what the last trusted proxy says it is; "" for none."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies = settings.NUM_PROXIES
    told = forwarded[-proxies] if 0 < proxies <= len(forwarded) else ""
    return _plain(told) or _plain(request.META.get("REMOTE_ADDR", ""))


def network(address: str) -> str:
    """Whom to count an address as: one IPv6 customer owns a whole /64."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False))


def _plain(address: str) -> str:
    """Without the zone of a link-local address, and IPv4 as such: a socket for both maps it."""
    try:
        found = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def _key(scope: str, who: str) -> str:
    # Hashed, so that Redis holds no addresses.
    return f"limit:{scope}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
