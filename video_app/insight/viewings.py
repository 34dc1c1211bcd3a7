"""The row of a viewing, from what players told about it or from what they fetched."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from video_app.models import Viewing
from video_app.models.watching import PARTS, day_of

# What a first report may claim to have seen already, and the pace of reports.
SLACK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Changed:
    """A viewing in Redis of which something is new, and since when."""

    key: str
    score: float
    state: dict[str, str]
    is_reported: bool


def _row(changed: Changed, **fields: Any) -> Viewing:
    began, last = float(changed.state["began"]), float(changed.state["last"])
    name = f"{changed.key} {changed.state['began']}".encode()
    began_at = datetime.fromtimestamp(began, UTC)
    return Viewing(
        id=blake2b(name, digest_size=16).hexdigest(),
        video_id=int(changed.state["video"]),
        day=day_of(began_at),
        began_at=began_at,
        last_at=datetime.fromtimestamp(last, UTC),
        is_reported=changed.is_reported,
        **fields,
    )


def inferred(changed: Changed) -> Viewing:
    """Neither more than was fetched nor more than time has passed; of a film whose segments came
    from a bucket, only that it was begun."""
    state = changed.state
    if "count" not in state:
        return _row(changed, is_view=True, request_id=state["request"])
    count, length = int(state["count"]), float(state["length"])
    passed = float(state["last"]) - float(state["began"]) + length
    startup = state.get("startup")
    return _row(
        changed,
        is_view=count >= min(2, int(state["total"])),
        seconds=min(count * length, passed),
        startup=float(startup) if startup else None,
        stalls=int(state["stalls"]),
        seen=int(float(state["mask"])) & ((1 << PARTS) - 1),
        request_id=state["request"],
    )


def reported(changed: Changed) -> Viewing:
    told = json.loads(changed.state["told"])
    passed = float(changed.state["last"]) - float(changed.state["began"]) + SLACK_SECONDS
    seconds = min(told["watched"], passed)
    return _row(
        changed,
        is_view=seconds > 0,
        seconds=seconds,
        startup=told.get("startup"),
        stalls=sum(told["stalls"]),
        stall_lengths=told["stalls"],
        stalled=min(told["stalled"], passed),
        switches=told["switches"],
        seen=told["seen"],
        end=told["end"],
        problem=told["problem"],
        request_id=told["request"],
    )
