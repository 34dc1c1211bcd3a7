"""What the server remembers between a passkey's question and its answer."""

import uuid
from typing import Any

from django.core.cache import cache
from fido2.webauthn import UserVerificationRequirement

ATTEMPT_SECONDS = 300
VERIFIED = UserVerificationRequirement.REQUIRED


class PasskeyError(Exception):
    """An answer that does not fit, or an attempt that took too long or was used already."""


def remember(state: Any, user_id: int | None) -> str:
    attempt = uuid.uuid4().hex
    kept = {"challenge": state["challenge"], "user_verification": VERIFIED, "user": user_id}
    cache.set(f"passkey:{attempt}", kept, ATTEMPT_SECONDS)
    return attempt


def recall(attempt: str, user_id: int | None) -> Any:
    """The state of an attempt, once: whoever deletes it has it."""
    key = f"passkey:{attempt[:64]}"
    state = cache.get(key)
    if state is None or not cache.delete(key) or state.pop("user") != user_id:
        raise PasskeyError
    return state
