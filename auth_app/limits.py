"""Rate limits, counted in Redis for all processes."""

import hashlib
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

# Limits per account: one against bursts, one against patient guessing.
ACCOUNT_SCOPES = ("account", "account_long")
SECONDS = (
    dict.fromkeys(("s", "sec", "second"), 1)
    | dict.fromkeys(("m", "min", "minute"), 60)
    | dict.fromkeys(("h", "hour"), 3600)
    | dict.fromkeys(("d", "day"), 86_400)
)


@dataclass(frozen=True, slots=True)
class Limit:
    """`count` actions in a window that begins with the first."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, rate: str) -> "Limit":
        """From a rate such as "20/min"; otherwise `ValueError`."""
        count, _, unit = rate.partition("/")
        if unit not in SECONDS:
            raise ValueError(f"{rate!r} is not a rate")
        return cls(int(count), SECONDS[unit])


def hit(scope: str, who: str) -> int:
    """Count one action; the seconds to wait when it exceeds the limit, else 0.

    Without Redis nothing is limited, so that signing in goes on.
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
    """The peer's address, or the one that the last trusted proxy reports; "" for none."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies = settings.NUM_PROXIES
    reported = forwarded[-proxies] if 0 < proxies <= len(forwarded) else ""
    return _plain(reported) or _plain(request.META.get("REMOTE_ADDR", ""))


def network(address: str) -> str:
    """What to count an address as: an IPv6 customer has a whole /64."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False))


def _plain(address: str) -> str:
    """Without the zone of a link-local address; an IPv4-mapped IPv6 address as IPv4."""
    try:
        found = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def _key(scope: str, who: str) -> str:
    # Hashed, so that Redis holds no addresses.
    return f"limit:{scope}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
