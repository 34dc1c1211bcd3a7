"""CMCD (CTA-5004): what players tell with their requests. Strangers' text, so parsed strictly.

It is only read here: no redirect, signature, cache key or log sees it.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from django.http import HttpRequest

MAX_LENGTH = 2048
HEADERS = ("HTTP_CMCD_REQUEST", "HTTP_CMCD_SESSION", "HTTP_CMCD_STATUS")
_ITEM = re.compile(r'(?:^|,)\s*([a-z]{1,4})(?:=("(?:[^"\\]|\\.){0,128}"|[A-Za-z0-9.;-]{1,64}))?')
_SESSION = re.compile(r"[A-Za-z0-9_.:{}-]{1,64}")
MAX_STARTUP = 600_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Told:
    """What we use of it. Other keys are ignored."""

    session: str = ""  # `sid`: one playback of one film
    is_starved: bool = False  # `bs`: the buffer ran empty since the last request
    startup: float | None = None  # `msd` of version 2, in seconds


NOTHING = Told()


def told(request: HttpRequest) -> Told:
    """What the request's query or headers say; nothing when they make no sense."""
    text = _text(request)
    if not text or len(text) > MAX_LENGTH:
        return NOTHING
    found = dict(_ITEM.findall(text))
    return Told(
        session=_session(found.get("sid", "")),
        is_starved="bs" in found and found["bs"] == "",
        startup=_startup(found.get("msd", "")),
    )


def _text(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    if "CMCD=" in query:
        return request.GET.get("CMCD", "")[: MAX_LENGTH + 1]
    given = (request.META.get(name, "") for name in HEADERS)
    return ",".join(filter(None, given))


def _session(value: str) -> str:
    bare = unquote(value.strip('"'))
    return bare if _SESSION.fullmatch(bare) else ""


def _startup(value: str) -> float | None:
    if not value.isdecimal() or len(value) > 7:
        return None
    milliseconds = int(value)
    return milliseconds / 1000 if milliseconds <= MAX_STARTUP else None
