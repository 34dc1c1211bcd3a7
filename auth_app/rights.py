"""What the stream needs to know of a viewer, as one short text in the cache."""

from typing import Any, NamedTuple

from auth_app.models import User

LIVE, STAFF, OVER, LIMITED = "live", "staff", "over", "limited"


class StreamRights(NamedTuple):
    """Whether the session is live, whether its user is staff, and what the user may see."""

    is_live: bool
    is_staff: bool
    groups: frozenset[int] = frozenset()
    age_limit: int | None = None  # of a viewer whose profile has one


def state_of(user: User | None) -> str:
    """`over`, `staff`, `live`, or `live:3,7` for a member of groups; the same after `limited:12:`
    for a viewer of limited age. One query."""
    if user is None or user.lacks_required_factor:
        return OVER
    if user.age_limit is None:
        return _standing_of(user)
    return f"{LIMITED}:{user.age_limit}:{_standing_of(user)}"


def _standing_of(user: User) -> str:
    if user.is_staff:
        return STAFF
    groups = sorted(user.groups.values_list("pk", flat=True))
    return ":".join([LIVE, *([",".join(map(str, groups))] if groups else [])])


def parse(state: Any) -> StreamRights | None:
    """The rights that `state_of` wrote down; None for anything else."""
    if not isinstance(state, str):
        return None
    age_limit = None
    if state.startswith(f"{LIMITED}:"):
        _, limit, state = state.split(":", 2)
        age_limit = int(limit)
    kind, _, groups = state.partition(":")
    if kind not in (LIVE, STAFF, OVER):
        return None
    members = frozenset(map(int, groups.split(","))) if groups else frozenset()
    return StreamRights(kind != OVER, kind == STAFF, members, age_limit)
