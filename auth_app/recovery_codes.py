"""Recovery codes: what lets in whoever has lost the other factors, each once."""

import hashlib
import secrets

from django.db import transaction

from auth_app import audit, mails
from auth_app.models import EntryPoint, MailKind, RecoveryCode, User

RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike


def burn(user: User, code: str) -> bool:
    """Whether it is a recovery code; it is gone then."""
    burnt, _ = RecoveryCode.objects.filter(user=user, digest=_digest(user, code)).delete()
    if burnt:
        left = user.recovery_codes.count()
        audit.record("recovery_code.used", user.pk, "user", user.pk, left=left)
        mails.ask_for(MailKind.FACTOR, user.email, EntryPoint.API, user=user)
    return bool(burnt)


def _digest(user: User, code: str) -> str:
    """A plain hash: the codes are too random to be tried, and survive a change of SECRET_KEY."""
    plain = code.replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(f"{user.pk} {plain}".encode()).hexdigest()


def renew(user: User) -> list[str]:
    """Ten codes, shown once; the earlier ones no longer work."""
    codes = [_random_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        user.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, digest=_digest(user, code)) for code in codes
        )
    audit.record("recovery_codes.made", user.pk, "user", user.pk)
    return codes


def _random_code() -> str:
    """Such as k3m9w-x7fqp-2vhtd: about 74 bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(15))
    return f"{letters[:5]}-{letters[5:10]}-{letters[10:]}"
